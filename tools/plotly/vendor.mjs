// Puts plotly.js into static/vendor/plotly: `node tools/plotly/vendor.mjs`.
//
// The version belongs to the plotly package of requirements.txt (python plotly 7.1.0 writes figures for plotly.js 4.1.1).
// The geo bundle draws our map; its traces also ask for a base map, which would come from a CDN. So that base map is cut
// out of plotly.js's own distribution and served from here; `topojsonURL` in static/js/map.js points to it.
// The dashboards need lines, bars and heatmaps only: they get a bundle of their own, made from plotly.js's sources.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const VERSION = "4.1.1";
const ESBUILD = "0.28.2";
const BASE_MAP = "world_110m";
const CHARTS = `const Plotly = require("plotly.js/lib/core");
Plotly.register([require("plotly.js/lib/bar"), require("plotly.js/lib/heatmap")]);
module.exports = Plotly;
`;
const target = resolve(import.meta.dirname, "../../static/vendor/plotly");
const work = mkdtempSync(join(tmpdir(), "plotly-"));

function unpack(name) {
  const packed = execFileSync("npm", ["pack", "--silent", `${name}@${VERSION}`], { cwd: work, encoding: "utf8" }).trim();
  const folder = join(work, name);
  mkdirSync(folder);
  execFileSync("tar", ["-xzf", join(work, packed), "-C", folder]);
  return join(folder, "package");
}

try {
  mkdirSync(join(target, "topojson"), { recursive: true });
  const bundle = unpack("plotly.js-geo-dist-min");
  copyFileSync(join(bundle, "plotly-geo.min.js"), join(target, "plotly-geo.min.js"));
  copyFileSync(join(bundle, "LICENSE"), join(target, "LICENSE"));
  const whole = unpack("plotly.js");
  copyFileSync(join(whole, "dist/plotly.css"), join(target, "plotly.css"));
  globalThis.window = globalThis; // the file expects a browser and leaves its maps there
  const loaded = createRequire(import.meta.url)(join(whole, "dist/plotly-geo-assets.js"));
  const assets = globalThis.PlotlyGeoAssets ?? loaded;
  const map = assets?.topojson?.[BASE_MAP];
  if (!map) throw new Error(`plotly-geo-assets.js holds no ${BASE_MAP}`);
  writeFileSync(join(target, `topojson/${BASE_MAP}.json`), JSON.stringify(map));
  const quiet = { cwd: work, stdio: ["ignore", "ignore", "inherit"] };
  writeFileSync(join(work, "package.json"), "{}");
  execFileSync("npm", ["install", "--silent", "--no-audit", `plotly.js@${VERSION}`, `esbuild@${ESBUILD}`], quiet);
  writeFileSync(join(work, "charts.js"), CHARTS);
  const options = ["--bundle", "--minify", "--format=iife", "--global-name=Plotly", "--define:global=window", "--target=es2018"];
  const made = [`--outfile=${join(work, "charts.min.js")}`, "--legal-comments=none"];
  execFileSync(join(work, "node_modules/.bin/esbuild"), ["charts.js", ...options, ...made], quiet);
  copyFileSync(join(work, "charts.min.js"), join(target, "plotly-charts.min.js"));
  writeFileSync(join(target, "VERSION"), `${VERSION}\n`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
