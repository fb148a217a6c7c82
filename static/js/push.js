// Notices on this device: asks the browser only after a tap, tells the server, lists what this device is told of.
"use strict";

{
  const section = document.getElementById("push");
  const form = document.getElementById("subscribe");
  const API = "/api/v1/subscriptions";
  const LOOKS = 20; // how often it is asked, each second, whether the first notification has come

  const part = (name) => section.querySelector(`[data-part=${name}]`);

  // Shows the one text that fits, and says it.
  function say(state, why = "") {
    for (const text of section.querySelectorAll("[data-state]")) text.hidden = text.dataset.state !== state;
    part("why").textContent = why;
    section.dataset.now = state;
    part("ask").hidden = ["blocked", "unsupported", "install"].includes(state);
  }

  function isAppleWithoutInstall() {
    const isApple = /iPhone|iPad|iPod/.test(navigator.userAgent) || (navigator.userAgent.includes("Mac") && navigator.maxTouchPoints > 1);
    return isApple && !matchMedia("(display-mode: standalone)").matches && !navigator.standalone;
  }

  function ability() {
    if (window.isSecureContext && navigator.serviceWorker && "PushManager" in window && "Notification" in window) {
      return Notification.permission === "denied" ? "blocked" : "able";
    }
    return isAppleWithoutInstall() ? "install" : "unsupported";
  }

  // The server.

  class Problem extends Error {}

  async function call(address, { secret, ...options } = {}) {
    const headers = { "Content-Type": "application/json", ...(secret && { "X-Secret": secret }) };
    const answer = await fetch(address, { ...options, headers, cache: "no-store" });
    const data = answer.status === 204 ? {} : await answer.json();
    if (answer.ok) return data;
    const told = data.errors?.map((error) => error.message).join(" ") || data.detail || data.title;
    throw Object.assign(new Problem(told), { status: answer.status });
  }

  function bytes(base64url) {
    const padded = base64url.replace(/-/g, "+").replace(/_/g, "/").padEnd(Math.ceil(base64url.length / 4) * 4, "=");
    return Uint8Array.from(atob(padded), (letter) => letter.charCodeAt(0));
  }

  async function address() {
    const { application_server_key: key } = await call("/api/v1/push-key");
    const { pushManager } = await navigator.serviceWorker.ready;
    const options = { userVisibleOnly: true, applicationServerKey: bytes(key) };
    try {
      return await pushManager.subscribe(options);
    } catch (error) {
      if (error.name !== "InvalidStateError") throw error;
      await (await pushManager.getSubscription())?.unsubscribe(); // made under another key of this site
      return pushManager.subscribe(options);
    }
  }

  // A service, or a board of several.
  function subject() {
    const { service, of } = section.dataset;
    return of ? { of } : { service };
  }

  function wanted() {
    const fields = new FormData(form);
    const wish = { ...subject(), language: fields.get("language") };
    for (const name of ["from_state", "component", "country", "region"]) if (fields.get(name)) wish[name] = fields.get(name);
    return wish;
  }

  function inWords(wish) {
    const shown = ["from_state", "component", "region", "country"].filter((name) => wish[name]);
    const texts = shown.map((name) => form.elements[name].selectedOptions[0].textContent.trim());
    return texts.join(" · ");
  }

  async function ask() {
    part("ask").disabled = true;
    try {
      if ((await Notification.requestPermission()) !== "granted") {
        say(Notification.permission === "denied" ? "blocked" : "unasked");
        return;
      }
      say("asking");
      const wish = wanted();
      const { endpoint, keys } = (await address()).toJSON();
      const body = JSON.stringify({ ...wish, channel: "push", target: endpoint, p256dh: keys.p256dh, auth: keys.auth });
      const made = await call(API, { method: "POST", body });
      await store.put("notices", { id: made.id, secret: made.secret, wish, words: inWords(wish), state: made.state });
      await list();
      say(section.dataset.off ? "held" : "waits");
      await confirmed(made);
    } catch (error) {
      say("failed", error.message);
    } finally {
      part("ask").disabled = false;
      if (section.dataset.now === "blocked") section.focus();
    }
  }

  // The service worker proves by the first notification that this device has asked.
  async function confirmed({ id, secret }) {
    for (let look = 0; look < LOOKS; look += 1) {
      const { state } = await call(`${API}/${id}`, { secret });
      if (state === "active") {
        await list();
        say("on");
        return;
      }
      await new Promise((resolve) => {
        const done = setTimeout(resolve, 1000);
        navigator.serviceWorker.addEventListener("message", () => resolve(clearTimeout(done)), { once: true });
      });
    }
  }

  async function stop(row) {
    try {
      await call(`${API}/${row.id}`, { method: "DELETE", secret: row.secret });
    } catch (error) {
      if (!(error instanceof Problem && error.status === 404)) {
        say("failed", error.message);
        return;
      }
    }
    await store.drop("notices", row.id);
    if (!(await store.all("notices")).length) {
      const registration = await navigator.serviceWorker.getRegistration();
      await (await registration?.pushManager.getSubscription())?.unsubscribe();
    }
    await list();
    say("stopped");
    part("ask").focus();
  }

  // What this device is told of this service or board, as the server has it. What the server has forgotten goes here, too.
  async function list() {
    const rows = (await store.all("notices")).filter(({ wish }) => wish.service === subject().service && wish.of === subject().of);
    const known = await Promise.all(
      rows.map(async (row) => {
        try {
          const { state } = await call(`${API}/${row.id}`, { secret: row.secret });
          return { ...row, state };
        } catch (error) {
          if (!(error instanceof Problem && error.status === 404)) return row;
          await store.drop("notices", row.id);
          return null;
        }
      }),
    );
    const items = known.filter(Boolean).map((row) => {
      const item = section.querySelector("template").content.firstElementChild.cloneNode(true);
      item.querySelector("[data-part=words]").textContent = row.words ?? "";
      for (const text of item.querySelectorAll("[data-when]")) text.hidden = text.dataset.when !== row.state;
      item.querySelector("button").addEventListener("click", () => stop(row));
      return item;
    });
    part("list").replaceChildren(...items);
    return items.length;
  }

  function start() {
    const can = ability();
    say(can === "able" ? "none" : can);
    part("ask").addEventListener("click", ask);
    if (can === "able") list().catch((error) => say("failed", error.message));
    if (location.hash === "#push") section.scrollIntoView();
  }

  if (section) start();
}
