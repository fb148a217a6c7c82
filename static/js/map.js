// "Explore" lets plotly take over from the server's drawing: zoom, pan, hover, a tap on a country opens its regions.
// Nothing of it is loaded before: it weighs more than all the rest of the page.
"use strict";

const source = document.currentScript.dataset;

function load(src) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = src;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
}

// plotly's own style sheet: by its id plotly knows that it need not write rules into the page, which the policy refuses.
function style(href) {
  if (document.getElementById("plotly.js-style-global")) return;
  const link = document.createElement("link");
  Object.assign(link, { rel: "stylesheet", id: "plotly.js-style-global", className: "no-inline-styles", href });
  document.head.append(link);
}

async function ask(address) {
  const answer = await fetch(address, { cache: "no-cache", signal: AbortSignal.timeout(20000) });
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// The figure comes in the light page's colours; these are the ones of the visitor's scheme.
function paint(figure) {
  const [land, few, steps] = figure.data;
  const flat = (c) => [[0, c], [1, c]];
  land.colorscale = flat(colour("--land"));
  few.colorscale = flat(colour("--hatch"));
  const count = steps.colorscale.length / 2;
  steps.colorscale = steps.colorscale.map(([edge], i) => [edge, colour(`--step-${Math.min(Math.floor(i / 2), count - 1) + 1}`)]);
  figure.layout.modebar = { bgcolor: "rgba(0,0,0,0)", color: colour("--muted"), activecolor: colour("--ink") };
  for (const trace of figure.data) {
    trace.marker = { line: { color: colour("--border"), width: 0.5 } };
    trace.hoverlabel = { bgcolor: colour("--card"), bordercolor: colour("--line"), font: { color: colour("--ink"), size: 14 } };
  }
}

// plotly has no hatching for maps: its second trace takes the pattern of this page.
function hatch(plot) {
  const traces = plot.querySelectorAll(".choroplethlayer > g.trace");
  for (const trace of traces) {
    const data = trace.__data__;
    const name = (Array.isArray(data) ? data[0] : data)?.trace?.name;
    if (name !== "few") continue;
    for (const path of trace.querySelectorAll("path")) path.style.fill = 'url("#few-plot")';
  }
}

async function draw() {
  const plot = document.getElementById("plot");
  const drawing = document.getElementById("drawing");
  style(source.style);
  const [figure] = await Promise.all([ask(plot.dataset.figure), load(source.plotly)]);
  figure.layout.uirevision = "moved"; // what somebody has zoomed to stays when it is drawn anew
  paint(figure);
  plot.hidden = false;
  try {
    await Plotly.newPlot(plot, figure.data, figure.layout, {
      topojsonURL: source.topojson,
      displaylogo: false,
      responsive: true,
      scrollZoom: false,
      modeBarButtons: [["zoomInGeo", "zoomOutGeo", "resetGeo"]],
      displayModeBar: innerWidth > 640,
    });
  } catch (error) {
    plot.hidden = true;
    throw error;
  }
  if (drawing.dataset.playing) plot.hidden = true; // the player colours the drawing, and gives way when it is done
  else drawing.hidden = true;
  hatch(plot);
  plot.on("plotly_afterplot", () => hatch(plot));
  if (plot.dataset.drill) {
    plot.on("plotly_click", ({ points }) => {
      location.href = plot.dataset.drill.replace("country=XX", `country=${points[0].location}`);
    });
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    paint(figure);
    Plotly.react(plot, figure.data, figure.layout);
  });
  plot.dataset.ready = "1";
  document.addEventListener("renewed", async () => {
    const fresh = await ask(plot.dataset.figure).catch(() => undefined);
    if (!fresh) return; // the map stays as it is until the next time
    Object.assign(figure, { data: fresh.data, layout: { ...fresh.layout, uirevision: "moved" } });
    paint(figure);
    Plotly.react(plot, figure.data, figure.layout);
  });
}

// The drawing itself is moved by buttons, keys, wheel and fingers, without plotly: its view box says what is seen of it.
const drawn = document.getElementById("drawing");
const buttons = document.getElementById("map-buttons");
const CLOSEST = 12;

function mover(svg) {
  const whole = svg.dataset.whole.split(" ").map(Number);
  let [x, y, w, h] = whole;
  const within = (n, least, most) => Math.min(Math.max(n, least), most);
  function set(left, top, width) {
    w = within(width, whole[2] / CLOSEST, whole[2]);
    h = (w / whole[2]) * whole[3];
    x = within(left, 0, whole[2] - w);
    y = within(top, 0, whole[3] - h);
    svg.setAttribute("viewBox", [x, y, w, h].map((n) => Number(n.toFixed(1))).join(" "));
    buttons.querySelector("[data-zoom=out]").disabled = w >= whole[2];
    buttons.querySelector("[data-zoom=in]").disabled = w <= whole[2] / CLOSEST + 0.1;
    const way = document.getElementById("map-area");
    if (way) way.hidden = w >= whole[2] && !way.querySelector("[data-zoom=whole][hidden]");
  }
  function moved(...to) {
    svg.dataset.own = "viewBox"; // from now on a renewed page leaves it as it is
    set(...to);
  }
  return {
    zoom: (by, [cx, cy] = [0.5, 0.5]) => moved(x + w * cx * (1 - by), y + h * cy * (1 - by), w * by),
    move: (dx, dy) => moved(x + dx * w, y + dy * h, w),
    whole: () => moved(0, 0, whole[2]),
    start: () => {
      if (svg.dataset.own) return;
      [x, y, w, h] = svg.getAttribute("viewBox").split(" ").map(Number);
      set(x, y, w);
    },
  };
}

function movable(svg) {
  const view = mover(svg);
  const keys = {
    "+": () => view.zoom(0.6), "=": () => view.zoom(0.6), "-": () => view.zoom(1 / 0.6), 0: view.whole,
    ArrowLeft: () => view.move(-0.2, 0), ArrowRight: () => view.move(0.2, 0),
    ArrowUp: () => view.move(0, -0.2), ArrowDown: () => view.move(0, 0.2),
  };
  drawn.tabIndex = 0;
  drawn.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  const acts = { in: () => view.zoom(0.6), out: () => view.zoom(1 / 0.6), whole: view.whole };
  for (const item of document.querySelectorAll("button[data-zoom], a[data-zoom=whole]")) {
    item.addEventListener("click", (event) => {
      event.preventDefault();
      acts[item.dataset.zoom]();
      if (item.matches(":disabled, [hidden] *")) drawn.focus({ preventScroll: true });
    });
  }
  // A drag moves it; a drag is no tap on a country. On a phone one finger scrolls the page and two move the map.
  let from;
  let dragged = false;
  const fingers = new Map();
  const spread = () => {
    const [a, b] = [...fingers.values()];
    return { d: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  };
  svg.addEventListener("pointerdown", (event) => {
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    dragged = false;
    from = fingers.size > 1 ? spread() : { x: event.clientX, y: event.clientY };
  });
  addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId)) return;
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const box = svg.getBoundingClientRect();
    if (fingers.size > 1) {
      const now = spread();
      view.zoom(from.d / Math.max(now.d, 1), [(now.x - box.left) / box.width, (now.y - box.top) / box.height]);
      view.move((from.x - now.x) / box.width, (from.y - now.y) / box.height);
      from = now;
      dragged = true;
    } else if (event.pointerType === "mouse" && from) {
      const [dx, dy] = [from.x - event.clientX, from.y - event.clientY];
      if (!dragged && Math.hypot(dx, dy) < 5) return;
      dragged = true;
      view.move(dx / box.width, dy / box.height);
      from = { x: event.clientX, y: event.clientY };
    }
  });
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, (event) => fingers.delete(event.pointerId));
  svg.addEventListener("dragstart", (event) => event.preventDefault());
  svg.addEventListener("click", (event) => dragged && event.preventDefault(), true);
  buttons.hidden = false;
  view.start();
  document.addEventListener("renewed", view.start);
}

const svg = drawn.querySelector("svg[data-whole]");
if (svg) movable(svg);

// Choices act at once. The button is for browsers without this script.
const choices = document.getElementById("view");
for (const select of choices.querySelectorAll("select")) select.addEventListener("change", () => choices.requestSubmit());
document.getElementById("v_show").hidden = true;

// The player's script comes when somebody reaches for it, or where the address holds one of its moments.
const reel = document.getElementById("player");
let coming;
let hasCome = false;
function bringPlayer() {
  coming ??= load(source.playback).then(() => (hasCome = true), () => (coming = undefined));
  return coming;
}
if (reel) {
  for (const hidden of reel.querySelectorAll(".player-rail, .player-buttons")) hidden.hidden = false;
  for (const kind of ["pointerenter", "focusin"]) reel.addEventListener(kind, bringPlayer);
  for (const kind of ["click", "input"]) {
    reel.addEventListener(kind, async (event) => {
      if (hasCome) return;
      await bringPlayer();
      if (hasCome) event.target.dispatchEvent(new event.constructor(kind, { bubbles: true })); // it was meant for the player
    });
  }
  if (new URLSearchParams(location.search).has("frame")) bringPlayer();
}

const explore = document.getElementById("explore");
explore?.addEventListener("click", async () => {
  explore.disabled = true;
  try {
    await draw();
    explore.hidden = true;
    buttons.hidden = true;
    document.getElementById("plot").focus({ preventScroll: true });
  } catch {
    explore.disabled = false; // the drawing stays, and another tap tries again
  }
});
