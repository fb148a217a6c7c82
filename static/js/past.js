// The slider of the time machine fills in the field below it; the field is in UTC, the words are in the visitor's zone.
"use strict";

function slide() {
  const slider = document.getElementById("past_slider");
  if (!slider || typeof Intl !== "object") return; // without words in the zone the field alone is left
  const field = document.getElementById("past_at");
  const words = slider.parentElement.querySelector("output");
  const form = new Intl.DateTimeFormat(document.documentElement.lang || "en", {
    weekday: "short", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  });
  const say = (at) => {
    words.textContent = `${form.format(at)} ${globalThis.zoneOf?.(at) ?? ""}`.trim();
    slider.setAttribute("aria-valuetext", words.textContent);
  };
  slider.addEventListener("input", () => {
    const at = new Date((Number(slider.dataset.since) + 60 * Number(slider.value)) * 1000);
    field.value = at.toISOString().slice(0, 16);
    say(at);
  });
  say((Number(slider.dataset.since) + 60 * Number(slider.value)) * 1000);
  slider.parentElement.hidden = false;
}

slide();
