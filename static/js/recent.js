// The services that were looked at last, kept on this device only: a service's page adds itself, the front page lists them.
"use strict";

const KEPT = "brownout-recent";
const MOST = 5;

const isOurs = (one) => /^[a-z0-9][a-z0-9-]{0,63}$/.test(one?.slug) && typeof one.name === "string" && one.name;

function recent() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isOurs).slice(0, MOST) : [];
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
  const rows = [...document.querySelectorAll(".service-row :is(h2, h3) a")];
  const known = new Map(rows.map((a) => [new URL(a.href).pathname.split("/").at(-2), a.textContent]));
  for (const { slug, name } of line ? recent() : []) {
    const link = document.createElement("a");
    link.href = `${line.dataset.base}${slug}/`; // it may stand on another page of the list
    link.textContent = known.get(slug) ?? name;
    line.append(" ", link);
    line.hidden = false;
  }
}
