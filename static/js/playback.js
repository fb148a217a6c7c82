// Plays the map's window: each step colours the server's own drawing. The address keeps the moment in `frame`.
"use strict";

const player = document.getElementById("player");
const part = (name) => document.getElementById(`player-${name}`);
const CSS_OF = { 0: "land", "-1": "few", "-2": "unknown" };
const SVG = "http://www.w3.org/2000/svg";

function startPlayer() {
  const drawing = document.getElementById("drawing");
  const plot = document.getElementById("plot");
  let paths; // what a step colours, and the words of its colours: new ones where the page was renewed
  let labels;
  function look() {
    paths = new Map([...drawing.querySelectorAll("path[data-place]")].map((path) => [path.dataset.place, path]));
    labels = [...document.querySelectorAll("#legend [data-step]")];
  }
  const renewing = [drawing, player, document.getElementById("legend")];
  const slider = part("moment");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const page = document.documentElement.lang || "en";
  const times = new Intl.DateTimeFormat(page, { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const numbers = new Intl.NumberFormat(page, { maximumSignificantDigits: 3 });
  let film; // the frames, once they are loaded
  let timer;
  let shown = -1;
  let before; // what the drawing and the legend say of the whole window

  async function load() {
    if (film) return film;
    const answer = await fetch(player.dataset.frames);
    if (!answer.ok) throw new Error(answer.status);
    film = await answer.json();
    slider.max = film.frames.length - 1;
    return film;
  }

  function words(frame) {
    const moment = fill(player.dataset.moment, {
      from: times.format(frame.start * 1000),
      to: `${times.format(frame.end * 1000)} ${globalThis.zoneOf?.(frame.end * 1000) ?? ""}`.trim(),
    });
    if (!frame.watched) return `${moment}: ${player.dataset.gap}`;
    const told = frame.values.map((value, i) => [value, film.names[i]]).filter(([value]) => value);
    const most = told.sort((a, b) => b[0] - a[0]).slice(0, 3).map(([, name]) => name);
    const reports = fill(player.dataset.reports, { n: numbers.format(frame.reports) });
    const where = most.length ? `, ${fill(player.dataset.most, { places: Intl.ListFormat ? new Intl.ListFormat(page).format(most) : most.join(", ") })}` : "";
    return `${moment}. ${frame.reports ? reports + where : player.dataset.none}`;
  }

  function title(path, text) {
    let title = path.querySelector("title");
    if (!title) {
      title = document.createElementNS(SVG, "title");
      path.append(title);
    }
    title.textContent = text;
    const link = path.closest("a");
    if (link) link.setAttribute("aria-label", text);
  }

  function remember() {
    before ??= {
      paths: [...paths.values()].map((path) => [path, path.getAttribute("class"), path.querySelector("title")?.textContent ?? ""]),
      labels: labels.map((label) => label.textContent),
      words: part("words").textContent,
    };
  }

  function show(at) {
    const number = Math.max(0, Math.min(at, film.frames.length - 1));
    const frame = film.frames[number];
    remember();
    shown = number;
    slider.value = number;
    drawing.dataset.playing = "1";
    for (const item of renewing) item.dataset.keep = ""; // it shows the past until the whole time is asked for again
    drawing.hidden = false;
    plot.hidden = true;
    for (const path of paths.values()) path.setAttribute("class", frame.watched ? "land" : "land gap");
    film.places.forEach((code, i) => {
      const path = paths.get(code);
      if (!path) return;
      const [step, value] = [frame.steps[i], frame.values[i]];
      if (frame.watched) path.setAttribute("class", CSS_OF[step] ?? `step-${step}${frame.unsure.includes(i) ? " unsure" : ""}`);
      const place = film.names[i];
      if (step === -1) title(path, fill(player.dataset.few, { place }));
      else if (value === null) title(path, place);
      else title(path, fill(player.dataset.value, { place, n: numbers.format(value) }));
    });
    labels.forEach((label, i) => (label.textContent = film.labels[i]));
    slider.setAttribute("aria-valuetext", words(frame));
    part("words").textContent = words(frame);
    part("words").setAttribute("role", timer ? "presentation" : "status");
    cursor(number);
    part("whole").hidden = false;
    if (!timer) keep(frame);
  }

  // The address holds the moment that one stands at; while it plays it would change too often.
  function keep(frame) {
    const address = new URL(location.href);
    if (frame) address.searchParams.set("frame", `${new Date(frame.start * 1000).toISOString().slice(0, 16)}Z`);
    else address.searchParams.delete("frame");
    history.replaceState(null, "", address);
  }

  function cursor(number) {
    const chart = player.querySelector(".player-chart svg");
    let mark = chart.querySelector(".cursor");
    if (!mark) {
      mark = document.createElementNS(SVG, "rect");
      mark.setAttribute("class", "cursor");
      chart.append(mark);
    }
    const { width, height } = chart.viewBox.baseVal;
    const each = width / film.frames.length;
    for (const [name, value] of Object.entries({ x: number * each, y: 0, width: Math.max(each, 3), height })) mark.setAttribute(name, value);
    mark.toggleAttribute("hidden", number < 0);
  }

  function pause() {
    clearInterval(timer);
    timer = undefined;
    worded(false);
    if (shown >= 0) {
      part("words").setAttribute("role", "status");
      keep(film.frames[shown]);
    }
  }

  function worded(playing) {
    const play = part("play");
    play.dataset.play ??= play.querySelector("span").textContent;
    play.querySelector("span").textContent = playing ? play.dataset.pause : play.dataset.play;
    const use = play.querySelector("use");
    use.setAttribute("href", use.getAttribute("href").replace(/#\w+$/, playing ? "#pause" : "#play"));
  }

  function play() {
    worded(true);
    clearInterval(timer);
    timer = setInterval(() => {
      if (shown >= film.frames.length - 1) pause();
      else show(shown + 1);
    }, Number(part("speed").value));
    show(shown < 0 || shown >= film.frames.length - 1 ? 0 : shown);
  }

  function whole() {
    pause();
    shown = -1;
    for (const [path, css, text] of before?.paths ?? []) {
      path.setAttribute("class", css);
      if (text) title(path, text);
      else path.querySelector("title")?.remove();
    }
    labels.forEach((label, i) => (label.textContent = before.labels[i]));
    part("words").textContent = before.words;
    delete drawing.dataset.playing;
    for (const item of renewing) delete item.dataset.keep;
    if (plot.dataset.ready) {
      plot.hidden = false;
      drawing.hidden = true;
    }
    cursor(-1);
    part("whole").hidden = true;
    part("play").focus();
    keep(null);
    refresh();
  }

  const loaded = (then) => async () => {
    try {
      await load();
      then();
    } catch {
      part("words").textContent = player.dataset.failed;
    }
  };

  part("play").addEventListener("click", loaded(() => (timer ? pause() : play())));
  part("back").addEventListener("click", loaded(() => (pause(), show(shown < 0 ? film.frames.length - 1 : shown - 1))));
  part("on").addEventListener("click", loaded(() => (pause(), show(shown + 1))));
  slider.addEventListener("input", loaded(() => (pause(), show(Number(slider.value)))));
  part("speed").addEventListener("change", () => timer && play());
  part("whole").addEventListener("click", whole);
  player.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && shown >= 0) whole();
    if (event.key === " " && event.target === slider) {
      event.preventDefault();
      part("play").click();
    }
  });

  // Where motion is not wanted there is nothing that plays by itself; stepping stays.
  const calm = () => {
    if (still.matches && timer) pause();
    for (const item of [part("play"), part("speed").parentElement]) item.hidden = still.matches;
  };
  still.addEventListener("change", calm);
  calm();

  look();
  document.addEventListener("renewed", () => {
    if (shown >= 0) return;
    [film, before] = [undefined, undefined];
    look();
  });

  const asked = Date.parse(new URLSearchParams(location.search).get("frame") ?? "") / 1000;
  if (!Number.isNaN(asked)) {
    loaded(() => {
      const number = film.frames.findIndex((frame) => frame.start <= asked && asked < frame.end);
      if (number >= 0) show(number);
    })();
  }
}

if (player) startPlayer();
