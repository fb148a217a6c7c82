// Small helps for every page; each of them works as well without this file.
"use strict";

const pad = (n) => String(n).padStart(2, "0");

// Times in the visitor's own zone, written as the page's language does, UTC on hover.
const pageLanguage = document.documentElement.lang || "en";
// Where the browser cannot write times in its zone, those that the server wrote stay: they name theirs.
const canWriteTimes = typeof Intl === "object" && "formatToParts" in Intl.DateTimeFormat.prototype;
const clocks = canWriteTimes && new Intl.DateTimeFormat(pageLanguage, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
// Simplified Chinese writes 2026年11月29日.
const figures = pageLanguage === "zh-Hans" ? { year: "numeric", month: "long", day: "numeric" } : { year: "numeric", month: "2-digit", day: "2-digit" };
const moments = canWriteTimes && new Intl.DateTimeFormat(pageLanguage, { ...figures, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const isPast = new URLSearchParams(location.search).has("at");
// The zone's name: English has short ones for some zones in each of its countries, "PST" here and "CET" there.
// Making and asking these forms is the slowest thing that a page does: no more of it than is needed.
const zoneTags = pageLanguage === "en" ? ["en-US", "en-GB", "en-AU", "en-NZ"] : [pageLanguage];
const zoneForms = [];
const zoneNames = new Map(); // by the quarter of an hour: zones change at none other
function zoneOf(at) {
  if (!canWriteTimes) return "";
  const quarter = Math.floor(at / 900000);
  if (!zoneNames.has(quarter)) zoneNames.set(quarter, nameZone(at));
  return zoneNames.get(quarter);
}
function nameZone(at) {
  let first;
  for (const [i, tag] of zoneTags.entries()) {
    zoneForms[i] ??= new Intl.DateTimeFormat(tag, { hour: "2-digit", timeZoneName: "short" });
    const name = zoneForms[i].formatToParts(at).find((part) => part.type === "timeZoneName").value;
    if (!/\d/.test(name)) return name;
    first ??= name;
  }
  return first;
}
function dated(at) {
  if (pageLanguage !== "en") return moments.format(at);
  // English is read in many countries: no month before the day.
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())} ${clocks.format(at)}`;
}
// What is said by the way, in the language's brackets.
const aside = (words) => /^(ja|zh)/.test(pageLanguage) ? `（${words}）` : ` (${words})`;
// Today's as "15:31 PST (4 min ago)", others with the date; UTC too where a past moment is looked at.
function moment(at) {
  if (isPast) {
    const zone = zoneOf(at);
    return zone === "UTC" ? `${dated(at)} UTC` : `${dated(at)} ${zone}${aside(`${at.toISOString().slice(11, 16)} UTC`)}`;
  }
  if (new Date().toDateString() !== at.toDateString()) return `${dated(at)} ${zoneOf(at)}`;
  const seconds = (Date.now() - at) / 1000;
  const age = seconds >= 0 && document.body.dataset.agoS ? aside(ago(seconds)) : "";
  return `${clocks.format(at)} ${zoneOf(at)}${age}`;
}
function localise(root) {
  if (!canWriteTimes) return;
  for (const time of root.querySelectorAll("time[data-local]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    time.title = `${time.dateTime.slice(0, 16).replace("T", " ")} UTC`;
    const text = time.dataset.local === "clock" ? clocks.format(at) : moment(at);
    if (time.textContent !== text) time.textContent = text;
  }
  for (const name of root.querySelectorAll("[data-zone-name]")) name.textContent = zoneOf(new Date());
}

// Ages that grow while one looks at them, in the forms that the page gives in its language. Days stand still.
const ages = new WeakMap();
// How old the answer was when it came: it may be one that was made for somebody else.
const navigation = performance.getEntriesByType("navigation")[0];
const timing = (name) => navigation?.serverTiming?.find((item) => item.name === name)?.duration;
let answerAge = timing("age") ?? 0;
// A proxy that keeps pages says what time it is: one that cannot ask us gives what it has.
const modifiedAt = Date.parse(document.lastModified);
if (timing("age") !== undefined && timing("now")) answerAge = Math.max(1000 * timing("now") - modifiedAt, 0);
if (answerAge > 150000 && !document.documentElement.dataset.keptAt) {
  Object.assign(document.documentElement.dataset, { kept: "slow", keptAt: new Date(modifiedAt).toISOString() });
  for (const time of document.querySelectorAll("time[data-kept-time]")) {
    time.dateTime = document.documentElement.dataset.keptAt;
    time.dataset.local = "moment";
    time.textContent = `${time.dateTime.slice(0, 16).replace("T", " ")} UTC`;
  }
}
const keptAt = Date.parse(document.documentElement.dataset.keptAt); // a page that the service worker has kept
function age(root) {
  for (const time of root.querySelectorAll("time[data-age]")) {
    if (!ages.has(time)) {
      ages.set(time, { seconds: Number(time.dataset.age), since: keptAt || Date.now() - answerAge });
      if (!keptAt && answerAge < 1000) continue; // as the server wrote it
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
  if (minutes < 60) return forms.agoMin?.replace("{n}", minutes);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours >= 48) return undefined;
  return (rest ? forms.agoHMin : forms.agoH)?.replace("{h}", hours).replace("{n}", rest);
}

// The visitor's time zone goes along with a form that asks for it: the server turns it into a country, and drops it.
// A report that is sent twice is known by its token. A page that all share has none: the browser makes one.
function zones(root) {
  for (const field of root.querySelectorAll("form[data-zone] input[name=token]")) {
    if (!field.value) field.value = Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, "0")).join("");
  }
  const zone = canWriteTimes && Intl.DateTimeFormat().resolvedOptions().timeZone;
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

const kindOf = (item) => item.dataset.place ?? item.classList[0]?.replace(/^is-.*/, "");
const isSame = (a, b) => a.nodeName === b.nodeName && a.id === b.id && kindOf(a) === kindOf(b);
// Turns `old` into `fresh` piece by piece: what stays the same keeps its focus, its scroll and what was opened in it.
function morph(old, fresh) {
  if (old.nodeType !== 1) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  if (old.isEqualNode(fresh) || "keep" in old.dataset) return;
  const own = new Set(`data-own ${old.dataset.own ?? ""}`.split(" ")); // what scripts have set
  const isField = /^(INPUT|TEXTAREA|SELECT)$/.test(old.nodeName) && old.type !== "hidden";
  for (const { name } of [...old.attributes]) {
    if (name !== "open" && !own.has(name) && !fresh.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (name !== "open" && !own.has(name) && !(isField && name === "value") && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  const wanted = [...fresh.childNodes];
  wanted.forEach((child, i) => {
    const left = [...old.childNodes].slice(i);
    const at = child.nodeType === 1 ? left.findIndex((item) => isSame(item, child)) : left[0]?.nodeType === 3 ? 0 : -1;
    if (at < 0) return old.insertBefore(child, left[0] ?? null);
    for (const gone of left.slice(0, at)) gone.remove();
    morph(left[at], child);
  });
  while (old.childNodes.length > wanted.length) old.lastChild.remove();
}

// Says aloud what is new. `data-say` holds a short text about a state, `data-state` the state.
const TROUBLE = /^(possible|confirmed|recovering|maintenance)$/;
const OVER = /^(ok|resolved)$/;
function spoken(root) {
  const found = new Map();
  for (const item of root.querySelectorAll("[data-say]")) found.set(item.dataset.key ?? "", { ...item.dataset });
  return found;
}
function announce(before, after) {
  const texts = [];
  for (const [key, now] of after) {
    const was = before.get(key);
    if (!was || was.say === now.say) continue;
    const isOver = TROUBLE.test(was.state) && OVER.test(now.state);
    texts.push(isOver && now.over ? `${now.over} ${now.say}` : now.say);
  }
  const region = document.getElementById("said");
  if (texts.length && region) region.textContent = texts.join(" ");
}

// All parts of a page that change come from one answer, so they are of one state.
let renewedAt = Date.now();
let renewing;
async function refresh() {
  if (document.hidden || !document.querySelector("main [data-live]")) return;
  renewing ??= renew().finally(() => (renewing = undefined));
  await renewing;
}
async function renew() {
  let fresh;
  try {
    const signal = AbortSignal.timeout(20000);
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-cache", signal });
    if (!answer.ok) return;
    answerAge = 1000 * (Number(answer.headers.get("Age")) || 0);
    if (keptAt) return location.reload(); // not parts of it: the whole page can be had again
    fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return; // the ages on the page go on growing and say how old it is
  }
  renewedAt = Date.now();
  const before = spoken(document);
  for (const old of document.querySelectorAll("[data-live]")) {
    if (old.parentElement.closest("[data-live]")) continue;
    const now = fresh.querySelector(`[data-live="${old.dataset.live}"]`);
    if (!now) continue;
    const focused = old.contains(document.activeElement);
    start(now);
    morph(old, document.adoptNode(now));
    if (focused && document.activeElement === document.body) old.querySelector("h1")?.focus({ preventScroll: true });
  }
  axes(document); // only what stands in a page has a width
  if (document.title !== fresh.title) document.title = fresh.title;
  const [icon, newIcon] = [document, fresh].map((page) => page.querySelector("link[rel=icon]"));
  if (icon && newIcon && icon.getAttribute("href") !== newIcon.getAttribute("href")) icon.replaceWith(document.adoptNode(newIcon));
  announce(before, spoken(document));
  age(document);
  document.dispatchEvent(new Event("renewed"));
}

// The live stream says when. Where there is none, or it is down, the page asks every few seconds whether anything has
// changed: a few bytes. Counts come each minute.
const ASK_S = 2.5;
const AGAIN_S = 1.2;
const RENEW_MS = 60000;
const IS_OPEN = 1; // EventSource.OPEN, where there is an EventSource
let stream;
let soon;
function renewSoon(least, more) {
  soon ??= setTimeout(() => ((soon = undefined), refresh()), least + more * Math.random()); // not all pages at once
}
function listen() {
  const address = document.querySelector("[data-stream]")?.dataset.stream;
  if (!address || stream || document.hidden || !window.EventSource) return;
  const openedAt = Date.now();
  const changed = (event) => {
    // The state at the beginning is the one that the page has just shown.
    if (event.type === "status" && Date.now() - openedAt < 2000 && openedAt - renewedAt < 2000) return;
    renewSoon(1200, 1800); // when the page is made anew
  };
  stream = new EventSource(address);
  for (const name of ["status", "incident", "reset"]) stream.addEventListener(name, changed);
}
function unlisten() {
  stream?.close();
  stream = undefined;
}
let asking;
let failed = 0;
let heard; // the newest revision that the page was renewed for
let tries = 0; // how often: an answer may be one that was made for somebody else a moment before
const MOST_TRIES = 5;
async function askWhetherChanged() {
  clearTimeout(asking);
  const place = document.querySelector("[data-asks]");
  if (!place || document.hidden) return;
  let pause = ASK_S;
  if (stream?.readyState !== IS_OPEN) {
    try {
      const answer = await fetch(place.dataset.asks, { cache: "no-cache", signal: AbortSignal.timeout(5000) });
      if (!answer.ok) throw new Error(answer.status);
      failed = 0;
      pause = Number(answer.headers.get("Poll-After")) || ASK_S;
      const now = await answer.text();
      if (now !== heard) [heard, tries] = [now, 0];
      if (now !== place.dataset.revision && tries < MOST_TRIES) {
        tries += 1;
        pause = AGAIN_S;
        renewSoon(50, 450);
      }
    } catch {
      failed += 1;
      pause = Math.min(60, ASK_S * 2 ** failed);
    }
  }
  clearTimeout(asking);
  asking = setTimeout(askWhetherChanged, 1000 * pause * (0.9 + 0.2 * Math.random()));
}
function seen() {
  if (document.hidden) return unlisten();
  listen();
  askWhetherChanged();
  if (Date.now() - renewedAt > 3000) refresh();
}

// Round times of the visitor's zone below drawings: the server's are round in UTC.
function axes(root) {
  if (!canWriteTimes) return;
  const found = [...root.querySelectorAll(".time-axis")];
  const widths = found.map((axis) => axis.clientWidth); // all read before any is written: one layout for all
  for (const [i, axis] of found.entries()) {
    const [since, until, step] = [Date.parse(axis.dataset.since), Date.parse(axis.dataset.until), Number(axis.dataset.step)];
    const pace = Math.min(step, 15) * 60000; // zones differ by quarters of an hour
    const labels = [];
    let days = 0;
    for (let time = Math.ceil(since / pace) * pace; time <= until; time += pace) {
      const at = new Date(time);
      const minute = at.getHours() * 60 + at.getMinutes();
      if (step < 1440 ? minute % step : minute || days++ % (step / 1440)) continue;
      const share = (100 * (time - since)) / (until - since);
      const label = document.createElementNS("http://www.w3.org/2000/svg", "text");
      label.setAttribute("x", `${share.toFixed(2)}%`);
      label.setAttribute("y", "11");
      label.textContent = step < 1440 ? clocks.format(at) : pageLanguage === "en" ? dated(at).slice(0, 10) : at.toLocaleDateString(pageLanguage, figures);
      const edge = Math.max(4, (50 * SIGN_PX * label.textContent.length) / (widths[i] || Infinity)); // half a label
      label.setAttribute("text-anchor", share < edge ? "start" : share > 100 - edge ? "end" : "middle");
      labels.push(label);
    }
    axis.replaceChildren(...spaced(labels, widths[i] || Infinity));
  }
}

// Labels that would touch give way: every second one or more, and one that is set from an edge to its neighbour.
const SIGN_PX = 7.5;
function spaced(labels, width) {
  if (labels.length < 2) return labels;
  const at = (label) => (parseFloat(label.getAttribute("x")) * width) / 100;
  const room = SIGN_PX * labels[1].textContent.length;
  const each = Math.ceil((room + 6) / (at(labels[1]) - at(labels[0])));
  const first = each > 1 ? labels.findIndex((label) => /00:00$/.test(label.textContent)) : 0;
  const kept = each > 1 ? labels.filter((_, i) => (i - Math.max(first, 0)) % each === 0) : labels;
  const isCrowded = (edge, next) => edge && next && edge.getAttribute("text-anchor") !== "middle" && Math.abs(at(next) - at(edge)) < 1.5 * room + 4;
  return kept.filter((label, i) => !(i === 0 && isCrowded(label, kept[1])) && !(i > 1 && i === kept.length - 1 && isCrowded(label, kept[i - 1])));
}

function start(root) {
  localise(root);
  axes(root);
  age(root);
  zones(root);
}

// The tab of the page one is at, where they do not all fit.
function showTab() {
  const tab = document.querySelector(".tabs [aria-current]");
  if (tab) tab.parentElement.scrollLeft = tab.offsetLeft - (tab.parentElement.clientWidth - tab.offsetWidth) / 2;
}

start(document);
showTab();
setInterval(() => {
  age(document);
  localise(document);
}, 10000);
if (!isPast) {
  listen();
  asking = setTimeout(askWhetherChanged, 1000 * ASK_S * Math.random());
  setInterval(() => Date.now() - renewedAt > RENEW_MS && refresh(), 5000);
  document.addEventListener("visibilitychange", seen);
  addEventListener("pageshow", (event) => event.persisted && seen());
  addEventListener("pagehide", unlisten);
}
