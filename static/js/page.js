// Small helps for every page; each of them works as well without this file.
"use strict";

const pad = (n) => String(n).padStart(2, "0");

// Times in the visitor's own zone, written as the page's language does, UTC on hover.
const pageLanguage = document.documentElement.lang || "en";
const clocks = new Intl.DateTimeFormat(pageLanguage, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const moments = new Intl.DateTimeFormat(pageLanguage, {
  year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
});
function moment(at) {
  if (pageLanguage !== "en") return moments.format(at);
  // English is read in many countries: no month before the day.
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())} ${clocks.format(at)}`;
}
function localise(root) {
  for (const time of root.querySelectorAll("time[data-local]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    time.title = `${time.dateTime.slice(0, 16).replace("T", " ")} UTC`;
    time.textContent = time.dataset.local === "clock" ? clocks.format(at) : moment(at);
  }
}

// Ages that grow while one looks at them, in the forms that the page gives in its language. Days stand still.
const ages = new WeakMap();
const keptAt = Date.parse(document.documentElement.dataset.keptAt); // a page that the service worker has kept
function age(root) {
  for (const time of root.querySelectorAll("time[data-age]")) {
    if (!ages.has(time)) {
      ages.set(time, { seconds: Number(time.dataset.age), since: keptAt || Date.now() });
      if (!keptAt) continue; // as the server wrote it
    }
    const known = ages.get(time);
    const words = ago(known.seconds + (Date.now() - known.since) / 1000);
    if (words) time.textContent = words;
  }
}
function ago(seconds) {
  const forms = document.body.dataset;
  if (seconds < 90) return forms.agoS?.replace("{n}", Math.floor(seconds));
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return forms.agoMin?.replace("{n}", minutes);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours >= 48) return undefined;
  return (rest ? forms.agoHMin : forms.agoH)?.replace("{h}", hours).replace("{n}", rest);
}

// The visitor's time zone goes along with a form that asks for it: the server turns it into a country, and drops it.
function zones(root) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone) return;
  for (const form of root.querySelectorAll("form[data-zone]")) {
    if (form.elements.zone) continue;
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = "zone";
    input.value = zone;
    form.append(input);
  }
}

// The parts of a page that change are fetched again each minute while somebody looks.
async function refresh() {
  if (document.hidden || !document.querySelector("[data-live]")) return;
  let fresh;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    if (keptAt) return location.reload(); // not parts of it: the whole page can be had again
    fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return; // the ages on the page go on growing and say how old it is
  }
  for (const old of document.querySelectorAll("[data-live]")) {
    const now = fresh.querySelector(`[data-live="${old.dataset.live}"]`);
    if (!now || old.contains(document.activeElement)) continue;
    old.replaceWith(document.adoptNode(now));
    start(now);
  }
}

function start(root) {
  localise(root);
  age(root);
  zones(root);
}

start(document);
setInterval(() => age(document), 10000);
if (!new URLSearchParams(location.search).has("at")) setInterval(refresh, 60000);
