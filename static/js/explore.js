// "Explore" puts plotly in the place of a panel's drawing: zoom, hover, single values. Nothing is loaded before.
"use strict";

const given = document.currentScript.dataset;
// The figures come in the light page's colours, named as in the style sheet; see outages/dashboards/plots.py.
const NAMES = {
  "#201b15": "ink", "#645b50": "muted", "#e3dccf": "line", "#834708": "accent", "#ad2418": "confirmed",
  "#d9d2c5": "band", "#8f8373": "hatch", "#e8e2d8": "land", "#1b62a0": "recovering", "#6345a8": "maintenance",
  "#17694c": "ok", "#fee391": "step-1", "#fec44f": "step-2", "#fb8f1d": "step-3", "#cc560b": "step-4", "#8c2d04": "step-5",
};

let loading;
function plotly() {
  loading ??= new Promise((resolve, reject) => {
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.id = "plotly.js-style-global"; // by this plotly knows that it need not write style rules into the page,
    style.className = "no-inline-styles"; // which the policy would refuse
    style.href = given.style;
    const script = document.createElement("script");
    script.src = given.plotly;
    script.onload = resolve;
    script.onerror = () => {
      loading = undefined;
      reject(new Error("plotly"));
    };
    document.head.append(style, script);
  });
  return loading;
}

function painted(value) {
  if (typeof value === "string") {
    const name = NAMES[value];
    return name ? getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim() : value;
  }
  if (Array.isArray(value)) return value.map(painted);
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, painted(v)]));
  return value;
}

// plotly knows no zones: times come in UTC and are given to it as the visitor's clock has them, and the axis says whose.
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;
function here(value) {
  if (Array.isArray(value)) return value.map(here);
  if (typeof value !== "string" || !MOMENT.test(value)) return value;
  const at = new Date(/(Z|[+-]\d\d:?\d\d)$/.test(value) ? value : `${value}Z`);
  return new Date(at - at.getTimezoneOffset() * 60000).toISOString().slice(0, 19);
}
function zoned({ data, layout }) {
  const isTime = layout.xaxis?.type === "date";
  if (!isTime) return { data, layout };
  const shapes = layout.shapes?.map((shape) => ({ ...shape, x0: here(shape.x0), x1: here(shape.x1) }));
  const last = data.flatMap(({ x }) => (Array.isArray(x) ? x : [])).filter((x) => MOMENT.test(x)).at(-1);
  const zone = zoneOf(last ? new Date(/Z|[+-]\d\d:?\d\d$/.test(last) ? last : `${last}Z`) : new Date());
  const xaxis = { ...layout.xaxis, title: { ...layout.xaxis.title, text: zone } };
  if (xaxis.range) xaxis.range = here(xaxis.range);
  const moved = data.map((trace) => ({ ...trace, x: here(trace.x) }));
  return { data: moved, layout: { ...layout, xaxis, ...(shapes && { shapes }) } };
}

function looks(figure) {
  const { data, layout } = painted(zoned(figure));
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  layout.hoverlabel = { bgcolor: colour("--card"), bordercolor: colour("--line"), font: { color: colour("--ink"), size: 14 } };
  layout.modebar = { bgcolor: "rgba(0,0,0,0)", color: colour("--muted"), activecolor: colour("--ink") };
  return [data, layout];
}

async function explore(button) {
  const panel = button.dataset.explore;
  const [drawn, figure, trouble] = ["drawn", "figure", "trouble"].map((part) => document.getElementById(`${panel}-${part}`));
  const word = button.querySelector("span");
  const opens = figure.hidden;
  if (opens) {
    button.setAttribute("aria-busy", "true");
    try {
      const [answer] = await Promise.all([fetch(button.dataset.figure), plotly()]);
      if (!answer.ok) throw new Error(answer.status);
      const made = await answer.json();
      figure.hidden = false;
      const config = { displaylogo: false, responsive: true, modeBarButtons: [["zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "resetScale2d"]] };
      await Plotly.newPlot(figure, ...looks(made), config);
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => Plotly.react(figure, ...looks(made), config));
      trouble.hidden = true;
    } catch {
      figure.hidden = true;
      trouble.textContent = given.failed;
      trouble.hidden = false;
      return;
    } finally {
      button.removeAttribute("aria-busy");
    }
  }
  figure.hidden = !opens;
  drawn.hidden = opens;
  button.setAttribute("aria-pressed", String(opens));
  button.dataset.explored ??= word.textContent;
  word.textContent = opens ? button.dataset.back : button.dataset.explored;
}

for (const button of document.querySelectorAll("[data-explore]")) {
  button.hidden = false;
  button.addEventListener("click", () => explore(button));
}
