// What a page does for those whose net comes and goes: keeps reports until they are sent, and says how old a page is.
"use strict";

{
  const waiting = document.getElementById("waiting");
  const spoken = document.getElementById("spoken");
  const words = waiting?.dataset ?? {};
  const RETRY_MS = 60000;

  function tell(form, what) {
    spoken.textContent = (words[form] ?? "").replace("{what}", what ?? "");
  }

  function clock(iso) {
    const at = new Date(iso);
    const time = document.createElement("time");
    time.dateTime = at.toISOString();
    time.dataset.local = at.toDateString() === new Date().toDateString() ? "clock" : "moment";
    return time;
  }

  // The list of what waits, what was not taken and what has been sent.

  function row(report) {
    const item = waiting.querySelector("template").content.firstElementChild.cloneNode(true);
    const part = (name) => item.querySelector(`[data-part=${name}]`);
    item.dataset.key = report.key;
    item.dataset.state = report.state;
    part("label").textContent = report.label;
    part("time").replaceWith(clock(report.at));
    for (const shown of item.querySelectorAll("[data-when]")) shown.hidden = !shown.dataset.when.split(" ").includes(report.state);
    if (report.state === "sent") part("receipt").href = report.receipt;
    if (report.state === "refused") {
      const { title, detail, errors } = report.problem;
      part("problem").textContent = errors?.length ? errors.map((error) => error.message).join(" ") : (detail ?? title);
      part("change").href = `${report.page}#change=${report.key}`;
    }
    const drop = part("drop");
    drop.addEventListener("click", async () => {
      await queue.drop(report.key);
      if (report.state !== "sent") tell("discarded", report.label);
      await list();
      (waiting.hidden ? document.getElementById("main") : waiting).focus();
    });
    return item;
  }

  async function list() {
    let reports = await queue.all();
    for (const read of reports.filter(({ receipt = "" }) => receipt.split("?")[0] === location.pathname)) {
      await queue.drop(read.key);
      reports = reports.filter((report) => report !== read);
    }
    const count = reports.filter((report) => report.state === "waiting").length;
    waiting.hidden = !reports.length;
    if (!reports.length) queue.flag(false);
    const counted = waiting.querySelector("[data-part=count]");
    counted.textContent = count ? words.waits.replace("{n}", count) : "";
    waiting.querySelector("[data-part=later]").hidden = !count;
    waiting.querySelector("ul").replaceChildren(...reports.map(row));
    localise(waiting);
    return count;
  }

  async function flush() {
    const before = await queue.all();
    const wait = before.filter((report) => report.state === "waiting");
    if (!wait.length) return;
    await queue.flush();
    await list();
    for (const report of await queue.all()) {
      if (!wait.some(({ key }) => key === report.key)) continue;
      if (report.state === "sent") tell("sent", report.label);
      if (report.state === "refused") tell("refused", report.label);
    }
  }

  // A report leaves by the API under a key of its own, so that a broken answer or a second try counts nothing twice.

  const REPORT_FIELDS = ["kind", "symptom", "component", "country", "region", "platform", "error_code", "note"];

  function read(form, submitter) {
    const fields = new FormData(form);
    const given = { service: form.dataset.report };
    for (const name of REPORT_FIELDS) if (fields.get(name)) given[name] = fields.get(name);
    const minutes = Number(fields.get("started")) || 0;
    const tile = form.querySelector("input[name=symptom]:checked")?.labels[0].lastElementChild; // its icon may be figures
    return {
      key: [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
      said: given,
      at: new Date(Date.now() - minutes * 60000).toISOString(),
      timed: minutes > 0,
      first: navigator.onLine ? "due" : "none",
      zone: given.country ? "" : (fields.get("zone") ?? ""),
      label: `${form.dataset.name}: ${(tile ?? submitter)?.textContent.trim()}`,
      page: new URL(form.action, location.href).pathname,
      state: "waiting",
      notBefore: 0,
      madeAt: Date.now(),
    };
  }

  async function submitted(event) {
    const form = event.target.closest("form[data-report]");
    if (!form || event.defaultPrevented || event.submitter?.formMethod === "get") return;
    const report = read(form, event.submitter);
    const isWhole = report.said.symptom || (report.said.kind ?? "problem") !== "problem";
    const trap = form.querySelector("[name=website]");
    if (!isWhole || trap?.value) return; // the server says what is missing
    event.preventDefault();
    if (form.getAttribute("aria-busy") === "true") return;
    form.setAttribute("aria-busy", "true");
    tell("sending");
    try {
      const old = form.dataset.changes && (await store.get("reports", form.dataset.changes));
      // What is said anew of an earlier time keeps that time, unless it was the time that was not taken.
      if (old && !report.timed && !old.problem?.errors?.some((error) => error.field === "occurred_at")) {
        Object.assign(report, { at: old.at, first: "none" });
      }
      await queue.put(report);
      if (old) await queue.drop(old.key);
    } catch {
      form.submit(); // no store, as in some private windows: then as without a script
      return;
    }
    const result = report.first === "none" && !navigator.onLine ? report : await queue.send(report.key);
    if (result?.state === "sent") {
      location.assign(result.receipt);
      return;
    }
    ready(form);
    if (result?.state === "refused" && !form.dataset.changes) {
      await queue.drop(report.key);
      form.submit(); // the server's page puts what is wrong beside its field
      return;
    }
    delete form.dataset.changes;
    for (const tile of form.querySelectorAll("input[name=symptom]")) tile.checked = false;
    for (const name of ["started", "error_code", "note"]) if (form.elements[name]) form.elements[name].value = "";
    await list();
    waiting.focus();
    waiting.scrollIntoView({ block: "start" });
    tell(result?.state === "refused" ? "refused" : "kept", report.label);
    wake();
  }

  function ready(form) {
    form.removeAttribute("aria-busy");
    delete form.dataset.sent;
  }

  // Where the browser can, it wakes the service worker once the net is back, even if no page is open.
  async function wake() {
    const registration = await navigator.serviceWorker?.getRegistration();
    await registration?.sync?.register("reports").catch(() => {});
  }

  // Fills the form with a report that was not taken, to be changed: /acme/report#change=KEY
  async function change() {
    const form = document.querySelector("form[data-report]#report");
    const key = new URLSearchParams(location.hash.slice(1)).get("change");
    const report = form && key && (await store.get("reports", key));
    if (!report || report.state !== "refused") return;
    form.dataset.changes = key;
    const { country, region, ...rest } = report.said;
    for (const [name, value] of Object.entries(rest)) if (form.elements[name]) form.elements[name].value = value;
    for (const details of form.querySelectorAll("details")) details.open = true;
    await place(country ?? "", region);
    form.querySelector("legend, input:not([type=hidden])").scrollIntoView();
    (form.querySelector("input[name=symptom]:checked") ?? form).focus();
  }

  // What the offline page can offer instead.
  async function offer(section) {
    const cache = await caches.open("brownout-pages");
    const pages = (await cache.keys()).filter(({ url }) => !new URL(url).pathname.endsWith("/offline")).reverse();
    const items = pages.map(async (page) => {
      const copy = await cache.match(page);
      const parsed = new DOMParser().parseFromString(await copy.text(), "text/html");
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = page.url;
      link.textContent = parsed.title.replace(/ · Brownout$/, "");
      item.append(link, " · ", clock(copy.headers.get("X-Kept-At")));
      return item;
    });
    section.querySelector("ul").replaceChildren(...(await Promise.all(items)));
    localise(section);
    section.hidden = !pages.length;
  }

  if (waiting) {
    document.addEventListener("submit", submitted);
    addEventListener("online", flush);
    addEventListener("hashchange", change);
    addEventListener("pageshow", () => document.querySelectorAll("form[aria-busy]").forEach(ready));
    document.addEventListener("visibilitychange", () => document.hidden || flush());
    queue.channel?.addEventListener("message", list);
    waiting.querySelector("[data-part=now]").addEventListener("click", async () => {
      tell("sending");
      await flush();
      if (await list()) tell("still");
    });
    setInterval(() => navigator.onLine && flush(), RETRY_MS);
    list().then(() => navigator.onLine && flush(), () => {});
    change().catch(() => {});
    const kept = document.getElementById("kept");
    if (kept && "caches" in window) offer(kept);
  }
}
