// The report form's helps: the place from the clock's zone, a country's regions, the region of one's location.
"use strict";

const form = document.getElementById("report");
const country = document.getElementById("id_country");
const region = document.getElementById("id_region");

function fill(answer) {
  country.value = answer.country;
  region.replaceChildren(...answer.regions.map(([code, name]) => new Option(name, code, false, code === answer.region)));
}

let asked = 0;

// True where the lists are filled now. Of several answers under way only the one to the last question counts.
async function ask(query) {
  asked += 1;
  const turn = asked;
  const answer = await fetch(`${form.dataset.regions}?${new URLSearchParams(query)}`);
  if (!answer.ok) throw new Error(`${answer.status}`);
  const found = await answer.json();
  if (turn !== asked) return false;
  fill(found);
  return true;
}

// The lists at a place. Offline there are no regions of a country that was never asked for: then the country alone.
async function place(chosen, wanted) {
  country.value = chosen;
  try {
    if (!(await ask({ country: chosen }))) return;
    region.value = wanted ?? "";
    if (chosen && form.dataset.listed) {
      const word = document.getElementById("locate-word");
      word.textContent = form.dataset.listed.replace("{place}", country.selectedOptions[0].textContent);
    }
  } catch {
    if (country.value === chosen) region.replaceChildren(region.options[0]);
  }
}

if (form) {
  document.getElementById("show-regions").hidden = true;
  country.addEventListener("change", () => place(country.value));
  const zone = globalThis.Intl?.DateTimeFormat().resolvedOptions().timeZone;
  if ("preset" in form.dataset && zone && !country.value) ask({ zone }).catch(() => {});

  const locate = document.getElementById("locate");
  const word = document.getElementById("locate-word");
  if (navigator.geolocation && window.isSecureContext) {
    locate.hidden = false;
    locate.addEventListener("click", () => {
      word.textContent = "…";
      navigator.geolocation.getCurrentPosition(
        async ({ coords }) => {
          // Only our own server sees the point, answers with its region, and forgets it.
          const body = JSON.stringify({ lat: coords.latitude, lon: coords.longitude });
          try {
            const answer = await fetch(form.dataset.regionOf, {
              method: "POST",
              headers: { "Content-Type": "application/json" },
              body,
            });
            fill(await answer.json());
            word.textContent = region.value ? region.selectedOptions[0].textContent : country.selectedOptions[0].textContent;
          } catch {
            word.textContent = form.dataset.failed ?? "✗";
          }
        },
        () => {
          word.textContent = form.dataset.failed ?? "✗";
        },
        { maximumAge: 600000, timeout: 10000 },
      );
    });
  }
  // A second tap on "send" sends nothing new.
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formMethod === "get") return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
  addEventListener("pageshow", () => delete form.dataset.sent);
  document.getElementById("errors")?.focus();
}
