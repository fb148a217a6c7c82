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
  const figure = JSON.parse(document.getElementById("figure").textContent);
  await load(source.plotly);
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
}

const explore = document.getElementById("explore");
explore.addEventListener("click", async () => {
  explore.disabled = true;
  try {
    await draw();
    explore.hidden = true;
    document.getElementById("plot").focus({ preventScroll: true });
  } catch {
    explore.disabled = false; // the drawing stays, and another tap tries again
  }
});
