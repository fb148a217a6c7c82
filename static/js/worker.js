// The service worker: pages from the net first, from what was kept where the net fails, and never without saying so.
// /service-worker.js sets `site`: { version, offline, assets, staticFolder, icon, badge }, loads queue.js before this
// file and push-worker.js after it.
"use strict";

const PAGES = "brownout-pages";
const PLACES = "brownout-places";
const ASSETS = "brownout-static";
const PATIENCE_MS = 4000; // then a kept page is better than none
const PAGES_KEPT = 40;
const FORM_FRESH_MS = 24 * 3600 * 1000; // a report form that is younger is not fetched again by the way
const HASHED = /\.[0-9a-f]{12}\.[a-z0-9]+$/; // such a file never changes
const AWAY = [502, 503, 504];

const here = (address) => new URL(address, location.origin);
const isForm = (address) => here(address).pathname.endsWith("/report");

addEventListener("install", (event) => {
  event.waitUntil(Promise.all([keepAssets(), keepOfflinePage()]).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([clients.claim(), registration.navigationPreload?.enable(), sweep()]));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const address = here(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event, address));
  else if (address.pathname.startsWith(site.staticFolder)) event.respondWith(asset(request));
  else if (address.pathname.endsWith("/places/regions")) event.respondWith(regions(request));
});

addEventListener("message", (event) => event.waitUntil(opened(event.data ?? {})));
addEventListener("sync", (event) => {
  if (event.tag === "reports") event.waitUntil(sendAll());
});

async function sendAll() {
  if (!(await queue.flush())) throw new Error("the net is not back yet"); // the browser tries again
}

// Pages.

// What may be kept: pages that are the same for everybody, and the report form. Receipts and the like forbid it.
function mayKeep(answer, address) {
  return (
    answer.ok &&
    answer.type === "basic" &&
    !answer.redirected &&
    (answer.headers.get("Content-Type") ?? "").startsWith("text/html") &&
    (isForm(address) || !/no-store|private/.test(answer.headers.get("Cache-Control") ?? ""))
  );
}

async function keep(address, answer) {
  if (!mayKeep(answer, address)) return;
  const text = await answer.text();
  const headers = new Headers(answer.headers);
  for (const name of ["Content-Encoding", "Content-Length", "Vary"]) headers.delete(name);
  headers.set("X-Kept-At", new Date().toISOString());
  const cache = await caches.open(PAGES);
  const url = here(address);
  url.hash = "";
  await cache.delete(url); // the newest stand last
  await cache.put(url, new Response(text, { headers }));
  const kept = (await cache.keys()).filter(({ url: one }) => !isForm(one) && !here(one).pathname.endsWith(site.offline));
  for (const old of kept.slice(0, -PAGES_KEPT)) await cache.delete(old);
  const form = text.match(/href="(\/[\w/-]+\/report)"/)?.[1];
  if (form && !isForm(address)) await keepForm(form);
}

// The report form of each service that one has looked at, with the place that it would ask for.
async function keepForm(form) {
  const kept = await caches.match(here(form), { ignoreVary: true });
  if (kept && Date.now() - Date.parse(kept.headers.get("X-Kept-At")) < FORM_FRESH_MS) return;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const places = `${form.replace(/\/[^/]+\/report$/, "")}/places/regions?${new URLSearchParams({ zone })}`;
  await Promise.all([renew(form), zone && regions(new Request(places))]);
}

// Without it there is no new worker: the browser tries again at the next page.
async function keepOfflinePage() {
  const answer = await fetch(site.offline, { cache: "no-cache" });
  if (!answer.ok) throw new Error(`${answer.status}`);
  await keep(site.offline, answer);
}

async function renew(address) {
  try {
    await keep(address, await fetch(address, { cache: "no-cache" }));
  } catch {
    // what is kept of it stays
  }
}

async function page(event, address) {
  const fresh = fromNet(event, address);
  fresh.catch(() => {}); // it is looked at below
  const kept = await keptPage(address);
  let timer;
  const late = new Promise((resolve) => {
    if (kept) timer = setTimeout(resolve, PATIENCE_MS);
  });
  event.waitUntil(fresh.then(({ storing }) => storing).catch(() => {}));
  try {
    const { answer } = (await Promise.race([fresh, late])) ?? {};
    if (answer && !(kept && AWAY.includes(answer.status))) return answer;
    return marked(kept, "slow");
  } catch {
    return kept ? marked(kept, "offline") : ((await offlinePage(address)) ?? Response.error());
  } finally {
    clearTimeout(timer);
  }
}

async function fromNet(event, address) {
  const answer = (await event.preloadResponse) ?? (await fetch(event.request));
  return { answer, storing: keep(address, answer.clone()) };
}

// The page of this very address; of a report form also the plain one, whatever was chosen in the address.
async function keptPage(address) {
  const cache = await caches.open(PAGES);
  const plain = address.origin + address.pathname;
  return (await cache.match(address, { ignoreVary: true })) ?? (isForm(address) ? cache.match(plain) : undefined);
}

async function offlinePage(address) {
  const cache = await caches.open(PAGES);
  const inLanguage = `/${address.pathname.split("/")[1]}${site.offline}`;
  return (await cache.match(inLanguage)) ?? cache.match(site.offline);
}

// A kept page says when it is from, and why it is shown. Its own scripts count its ages from then on.
async function marked(kept, why) {
  const at = kept.headers.get("X-Kept-At");
  const shown = new Date(at).toDateString() === new Date().toDateString() ? "clock" : "moment";
  const clock = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(at));
  const text = (await kept.text())
    .replace("<html ", `<html data-kept="${why}" data-kept-at="${at}" `)
    .replace("<title>", `<title>${clock} · `) // a title may name a verdict
    .replaceAll("<time data-kept-time></time>", `<time datetime="${at}" data-local="${shown}">${at}</time>`);
  return new Response(text, { headers: kept.headers });
}

// A page was opened: before this worker was there, so it is fetched once more to be kept. Its language's words go along.
async function opened({ opened, offline }) {
  if (offline && !(await caches.match(here(offline), { ignoreVary: true }))) await renew(offline);
  if (opened && here(opened).origin === location.origin) await renew(opened);
}

// Files.

async function keepAssets() {
  const cache = await caches.open(ASSETS);
  const missing = [];
  for (const address of site.assets) if (!HASHED.test(address) || !(await cache.match(address))) missing.push(address);
  await cache.addAll(missing.map((address) => new Request(address, { cache: "no-cache" })));
}

async function asset(request) {
  const cache = await caches.open(ASSETS);
  const kept = await cache.match(request, { ignoreVary: true });
  if (kept && HASHED.test(here(request.url).pathname)) return kept;
  try {
    const answer = await fetch(request);
    if (answer.status === 200) await cache.put(request, answer.clone());
    return answer;
  } catch {
    return kept ?? Response.error();
  }
}

async function regions(request) {
  const cache = await caches.open(PLACES);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(request, answer.clone());
    return answer;
  } catch {
    return (await cache.match(request, { ignoreVary: true })) ?? Response.error();
  }
}

// After a new version: files go that neither it nor any kept page names. Report forms come anew.
async function sweep() {
  const [assets, pages] = await Promise.all([caches.open(ASSETS), caches.open(PAGES)]);
  const kept = await pages.keys();
  await Promise.all(kept.filter(({ url }) => isForm(url)).map(({ url }) => renew(url)));
  const texts = await Promise.all((await pages.matchAll()).map((answer) => answer.text()));
  for (const request of await assets.keys()) {
    const { pathname } = here(request.url);
    if (!site.assets.includes(pathname) && !texts.some((text) => text.includes(pathname))) await assets.delete(request);
  }
}
