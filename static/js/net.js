// What every page does about the net: has the service worker keep it, and fetches the rest once somebody needs it.
"use strict";

{
  const files = document.currentScript.dataset;
  const FLAG = "brownout-queue"; // set while reports lie in the browser
  let loading;
  let isLoaded = false;

  function load(src) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = src;
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
  }

  // The queue and its list. Most visitors of most pages never need them.
  async function loadQueue() {
    if (typeof queue === "undefined") await load(files.queue);
    await load(files.offline);
    isLoaded = true;
  }

  function need() {
    loading ??= loadQueue();
    return loading;
  }

  function lies() {
    try {
      return localStorage.getItem(FLAG) !== null;
    } catch {
      return true; // who knows
    }
  }

  // Once it is loaded, offline.js takes the tap; where it cannot be loaded, the form goes as without a script.
  async function submitted(event) {
    const form = event.target.closest("form[data-report]");
    if (!form || isLoaded || event.defaultPrevented || event.submitter?.formMethod === "get") return;
    event.preventDefault();
    try {
      await need();
      delete form.dataset.sent;
      form.requestSubmit(event.submitter);
    } catch {
      form.submit();
    }
  }

  async function serve() {
    if (!navigator.serviceWorker || !window.isSecureContext) return;
    const isFirst = !navigator.serviceWorker.controller;
    try {
      await navigator.serviceWorker.register("/service-worker.js", { updateViaCache: "none" });
      const { active } = await navigator.serviceWorker.ready;
      active.postMessage({ opened: isFirst ? location.href : "", offline: files.page });
    } catch {
      // then the page works as without
    }
  }

  const form = document.querySelector("form[data-report]#report");
  document.addEventListener("submit", submitted);
  addEventListener("online", () => keptAt && !form && location.reload());
  if (form || lies() || document.querySelector("#push, #kept")) need().catch(() => {});
  if (document.readyState === "complete") serve();
  else addEventListener("load", serve);
}
