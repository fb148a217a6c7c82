// The services that were looked at last, kept on this device only: a service's page adds itself, the front page lists them.
"use strict";

const KEPT = "brownout-recent";
const MOST = 5;

function recent() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one) => typeof one?.slug === "string" && typeof one?.name === "string") : [];
  } catch {
    return []; // storage is switched off, or holds what is not ours
  }
}

const own = document.currentScript.dataset;
if (own.slug) {
  try {
    const others = recent().filter(({ slug }) => slug !== own.slug);
    localStorage.setItem(KEPT, JSON.stringify([{ slug: own.slug, name: own.name }, ...others].slice(0, MOST)));
  } catch {
    // storage is full or switched off: nothing is listed then
  }
} else {
  const line = document.getElementById("recent");
  const known = new Map([...document.querySelectorAll(".service-row h2 a")].map((a) => [new URL(a.href).pathname.split("/").at(-2), a]));
  for (const { slug } of line ? recent() : []) {
    const row = known.get(slug);
    if (!row) continue;
    const link = document.createElement("a");
    link.href = row.href;
    link.textContent = row.textContent;
    line.append(" ", link);
    line.hidden = false;
  }
}
