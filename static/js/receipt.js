// The receipt says by itself when the report is counted: it asks its own page again, for some minutes at most.
"use strict";

const EVERY_MS = 5000;
const LOOKS = 60;

async function look(entry, left) {
  if (!entry || entry.dataset.counted !== "no" || left < 1) return;
  await new Promise((done) => setTimeout(done, EVERY_MS));
  while (document.hidden) await new Promise((done) => document.addEventListener("visibilitychange", done, { once: true }));
  let fresh;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.ok) fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("entry");
  } catch {
    // offline: what is written stays true, and the next look may find more
  }
  if (fresh?.dataset.counted === "yes") {
    entry.replaceChildren(...document.adoptNode(fresh).childNodes); // the same element: a screen reader says what changed
    entry.dataset.counted = "yes";
  } else look(entry, left - 1);
}

look(document.getElementById("entry"), LOOKS);
