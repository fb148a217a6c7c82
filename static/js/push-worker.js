// Notices in the service worker: shows what is pushed, proves to the server that this browser asked for it, opens it.
"use strict";

addEventListener("push", (event) => event.waitUntil(told(event)));
addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.address ?? "/"));
});
addEventListener("pushsubscriptionchange", (event) => event.waitUntil(moved(event)));

async function told(event) {
  const { notification = {} } = event.data?.json() ?? {};
  const proof = notification.data ?? {};
  const isProven = proof.challenge && (await prove(proof));
  const { title, body } = isProven ? proof.confirmed : notification;
  await registration.showNotification(title ?? "Brownout", {
    body,
    tag: notification.tag,
    renotify: Boolean(notification.tag),
    lang: notification.lang,
    dir: notification.dir,
    icon: site.icon,
    badge: site.badge,
    data: { address: ours(isProven ? proof.confirmed.navigate : notification.navigate) },
  });
  if (isProven) for (const page of await clients.matchAll()) page.postMessage({ confirmed: proof.subscription });
}

// The address on this very site, whatever it calls itself.
function ours(address = "/") {
  const { pathname, search, hash } = new URL(address, location.origin);
  return location.origin + pathname + search + hash;
}

// Gives back what only this browser can have read. Else the notification leads to the page with the button.
async function prove({ subscription, challenge }) {
  // Where no page of ours has asked, a person decides. The page may be a moment behind the push service.
  for (let looks = 20; !(await store.get("notices", subscription)); looks -= 1) {
    if (!looks) return false;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  try {
    const answer = await fetch(`/api/v1/subscriptions/${subscription}/confirm`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ challenge }),
    });
    return answer.ok;
  } catch {
    return false;
  }
}

async function open(address) {
  const pages = await clients.matchAll({ type: "window" });
  const page = pages.find(({ url }) => url === address);
  return page ? page.focus() : clients.openWindow(address);
}

// The browser has given up the address that we knew, and makes a new one: all wishes move there.
async function moved(event) {
  const key = event.oldSubscription?.options.applicationServerKey;
  const now = event.newSubscription ?? (key && (await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key })));
  if (!now) return;
  for (const { id, secret, wish } of await store.all("notices")) {
    const { endpoint, keys } = now.toJSON();
    const answer = await fetch("/api/v1/subscriptions", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Secret": secret },
      body: JSON.stringify({ ...wish, channel: "push", target: endpoint, p256dh: keys.p256dh, auth: keys.auth }),
    });
    if (!answer.ok) continue;
    const made = await answer.json();
    await store.put("notices", { id: made.id, secret: made.secret, wish });
    await fetch(`/api/v1/subscriptions/${id}`, { method: "DELETE", headers: { "X-Secret": secret } });
    await store.drop("notices", id);
  }
}
