// Says the value, the usual and the time of each step of a chart that the server drew: to the mouse, a finger, the keys.
"use strict";

const DRAWN = "http://www.w3.org/2000/svg";

function readable(figure) {
  const [chart, scrub, words] = ["svg[data-seen]", ".scrub", ".readout"].map((part) => figure.querySelector(part));
  if (!chart || !scrub || !canWriteTimes) return;
  const numbers = new Intl.NumberFormat(pageLanguage, { maximumFractionDigits: 1 });
  const mark = document.createElementNS(DRAWN, "rect");
  mark.setAttribute("class", "cursor");
  scrub.setAttribute("aria-label", chart.getAttribute("aria-label"));
  scrub.hidden = false;

  function say(at) {
    const seen = chart.dataset.seen.split(",");
    const usual = chart.dataset.usual.split(",");
    const step = Number(chart.dataset.step) * 1000;
    const since = Date.parse(chart.dataset.since) + at * step;
    const until = new Date(since + step);
    const told = {
      from: new Date(since).toDateString() === new Date().toDateString() && !isPast ? clocks.format(since) : dated(new Date(since)),
      to: `${clocks.format(until)} ${zoneOf(until)}`,
      seen: numbers.format(seen[at]), usual: numbers.format(usual[at]),
    };
    const form = seen[at] === "" ? figure.dataset.gap : figure.dataset.readout;
    const text = form.replace(/\{(\w+)\}/g, (_, name) => told[name]);
    words.textContent = text;
    scrub.setAttribute("aria-valuetext", text);
    const { width, height } = chart.viewBox.baseVal;
    for (const [name, value] of Object.entries({ x: (at * width) / seen.length, y: 0, width: Math.max(width / seen.length, 2), height })) {
      mark.setAttribute(name, value);
    }
    chart.append(mark);
  }
  function last() {
    scrub.max = chart.dataset.seen.split(",").length - 1;
    return Number(scrub.max);
  }
  scrub.value = last();
  scrub.setAttribute("aria-valuetext", chart.getAttribute("aria-label"));
  scrub.addEventListener("input", () => say(Number(scrub.value)));
  scrub.addEventListener("focus", () => say(Number(scrub.value)));
  scrub.addEventListener("pointermove", (event) => {
    const box = chart.getBoundingClientRect();
    const at = Math.floor(((event.clientX - box.left) / box.width) * (last() + 1));
    scrub.value = Math.min(Math.max(at, 0), last());
    say(Number(scrub.value));
  });
  const quiet = () => {
    if (document.activeElement === scrub) return;
    words.textContent = "";
    mark.remove();
  };
  scrub.addEventListener("pointerleave", quiet);
  scrub.addEventListener("blur", quiet);
  document.addEventListener("renewed", () => {
    last();
    if (document.activeElement === scrub) say(Number(scrub.value));
  });
}

for (const figure of document.querySelectorAll("[data-readout]")) readable(figure);
