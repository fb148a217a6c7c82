// Reports on their way, kept in the browser until the server has them. Pages and the service worker share this file.
//
// A report lies in the store before it is sent, and goes under one Idempotency-Key for as long as it lives: whatever
// breaks off in between, it arrives once. Stored as
//   { key, said, at, timed, first, zone, label, page, state, problem, receipt, notBefore, madeAt }
// `said` is the body for the API without its time; `at` is when it happened, `timed` that the reporter chose that time.
// `first` says of the try without a time, which only somebody online makes: due, made or none. `page` is the address of
// the form. `state` is waiting, sent or refused.
"use strict";

const REPORTS = "/api/v1/reports";
const SEND_PATIENCE_MS = 12000;
const SOLVE_PATIENCE_MS = 20000;
const AT_ONCE = 100;
const MOST_NUMBER = 1000000; // no puzzle of ours is as long
const SENT_KEPT_MS = 24 * 3600 * 1000; // how long a receipt is shown
const UNDECIDED = [408, 425, 429]; // beside 5xx: answers that say nothing about the report

const store = {
  open() {
    return new Promise((resolve, reject) => {
      const asked = indexedDB.open("brownout", 1);
      asked.onupgradeneeded = () => {
        asked.result.createObjectStore("reports", { keyPath: "key" });
        asked.result.createObjectStore("notices", { keyPath: "id" });
      };
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  },
  async run(name, mode, act) {
    const database = await store.open();
    try {
      return await new Promise((resolve, reject) => {
        const transaction = database.transaction(name, mode);
        const asked = act(transaction.objectStore(name));
        transaction.oncomplete = () => resolve(asked.result);
        transaction.onerror = transaction.onabort = () => reject(transaction.error);
      });
    } finally {
      database.close();
    }
  },
  all: (name) => store.run(name, "readonly", (rows) => rows.getAll()),
  get: (name, key) => store.run(name, "readonly", (rows) => rows.get(key)),
  put: (name, row) => store.run(name, "readwrite", (rows) => rows.put(row)),
  drop: (name, key) => store.run(name, "readwrite", (rows) => rows.delete(key)),
};

const queue = {
  channel: "BroadcastChannel" in globalThis ? new BroadcastChannel("brownout-queue") : null,

  // All reports of this browser, the oldest first. Receipts of yesterday are forgotten here.
  async all() {
    const rows = await store.all("reports");
    const old = rows.filter((row) => row.state === "sent" && Date.now() - row.madeAt > SENT_KEPT_MS);
    for (const row of old) await store.drop("reports", row.key);
    return rows.filter((row) => !old.includes(row)).sort((a, b) => a.madeAt - b.madeAt);
  },

  // Tells the pages to come (net.js) that something lies here; a worker has no such storage and needs none.
  flag(lies) {
    try {
      if (lies) localStorage.setItem("brownout-queue", "1");
      else localStorage.removeItem("brownout-queue");
    } catch {
      // then each page looks
    }
  },

  async put(report) {
    queue.flag(true);
    await store.put("reports", report);
    queue.channel?.postMessage("changed");
  },

  async drop(key) {
    await store.drop("reports", key);
    queue.channel?.postMessage("changed");
  },

  // One page or worker sends at a time. Where locks are missing the key alone sees to it that each arrives once.
  alone(act) {
    return navigator.locks ? navigator.locks.request("brownout-queue", act) : act();
  },

  // Sends one report; its new state is stored before this returns. The report is unchanged where the net fails.
  send(key) {
    return queue.alone(async () => {
      const report = await store.get("reports", key);
      if (!report || report.state !== "waiting") return report;
      const changed = await attempt(report);
      // Discarded meanwhile, on another page: what was not sent stays discarded.
      if (changed.state === "sent" || (await store.get("reports", key))) await queue.put(changed);
      return changed;
    });
  },

  // Sends all that waits, one after the other, and stops at the first that the net does not let through.
  // True where nothing waits any more.
  async flush() {
    for (const { key, state, notBefore } of await queue.all()) {
      if (state !== "waiting") continue;
      if (notBefore > Date.now() || (await queue.send(key))?.state === "waiting") return false;
    }
    return true;
  },
};

function body(report, withTime) {
  return JSON.stringify(withTime || report.timed ? { ...report.said, occurred_at: report.at } : report.said);
}

function post(report, withTime, solution) {
  return fetch(REPORTS, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": report.key, ...(solution && { "X-Proof-Of-Work": solution }) },
    body: body(report, withTime),
    cache: "no-store",
    redirect: "error", // a network's log-in page is no answer of ours
    signal: AbortSignal.timeout?.(SEND_PATIENCE_MS),
  });
}

// Where a network sends far more than others in a surge, its browsers are given a puzzle in ALTCHA's form: this solves
// it. Where the browser computes no hashes (a page without TLS), or takes too long, the report waits and goes later.
async function solved(answer) {
  if (answer.status !== 429 || !globalThis.crypto?.subtle) return null;
  if (!answer.headers.get("Content-Type")?.startsWith("application/problem+json")) return null;
  const { type, challenge: puzzle } = await answer.clone().json();
  if (!type?.endsWith("/proof-of-work") || !(puzzle?.maxnumber <= MOST_NUMBER)) return null;
  const { algorithm, challenge, salt, signature, maxnumber } = puzzle;
  const written = new TextEncoder();
  const wanted = challenge.match(/../g).map((byte) => parseInt(byte, 16));
  const fits = async (number) => {
    const bytes = new Uint8Array(await crypto.subtle.digest(algorithm, written.encode(salt + number)));
    return wanted.every((byte, i) => byte === bytes[i]) ? number : -1;
  };
  const until = Date.now() + SOLVE_PATIENCE_MS;
  for (let first = 0; first <= maxnumber && Date.now() < until; first += AT_ONCE) {
    const tried = await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => fits(first + i)));
    const number = Math.max(...tried);
    if (number >= 0) return btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
  }
  return null;
}

async function posted(report, withTime) {
  const answer = await post(report, withTime);
  const solution = await solved(answer);
  return solution ? post(report, withTime, solution) : answer;
}

// The country of the clock's zone, for the buttons that send it. Kept with the report, so that each try says the same.
async function placed(report) {
  if (!report.zone || report.said.country) return report;
  const answer = await fetch(`/places/regions?${new URLSearchParams({ zone: report.zone })}`);
  if (!answer.ok) throw new Error(`${answer.status}`);
  const { country, region } = await answer.json();
  const said = { ...report.said, ...(country && { country }), ...(region && { region }) };
  const changed = { ...report, said, zone: "" };
  await store.put("reports", changed);
  return changed;
}

async function attempt(report) {
  try {
    report = await placed(report);
    // The first try of somebody who is online goes without a time: then the clock that counts is the server's.
    const isFirst = report.first === "due";
    if (isFirst) {
      report = { ...report, first: "made" };
      await store.put("reports", report);
    }
    return await judged(report, await posted(report, !isFirst));
  } catch {
    return report;
  }
}

async function judged(report, answer, again = false) {
  if (answer.status >= 500 || UNDECIDED.includes(answer.status)) {
    const wait = Number(answer.headers.get("Retry-After")) || 0;
    return { ...report, notBefore: Date.now() + Math.min(wait, 3600) * 1000 };
  }
  const type = answer.headers.get("Content-Type") ?? "";
  if (answer.ok && type.startsWith("application/json")) {
    const { id, receipt, repeated } = await answer.json();
    if (!id) return report;
    const { key, label, at, madeAt, page } = report;
    const address = `${page}/${id}/${receipt}${repeated ? "?again=1" : ""}`;
    return { key, label, at, madeAt, state: "sent", receipt: address };
  }
  if (!type.startsWith("application/problem+json")) return report; // somebody between us and the server
  const problem = await answer.json();
  const wrong = (problem.errors ?? []).map((error) => error.field);
  if (!again && problem.type?.endsWith("/idempotency-key-reused") && report.first === "made") {
    // The first try, without a time, had arrived although its answer was lost: the same words get it again.
    return judged(report, await posted(report, false), true);
  }
  const served = Date.parse(answer.headers.get("Date"));
  if (!again && wrong.includes("occurred_at") && served && served < Date.now() - 60000) {
    // This device's clock is ahead. How long ago it was, it knows all the same.
    const at = new Date(Date.parse(report.at) + served - Date.now()).toISOString();
    report = { ...report, at };
    await store.put("reports", report);
    return judged(report, await posted(report, true), true);
  }
  return { ...report, state: "refused", problem: { title: problem.title, detail: problem.detail, errors: problem.errors } };
}
