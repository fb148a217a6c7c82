// What all operations share: addresses, keys, deadlines, errors, pages and streams. Written by hand.

const TIMEOUT_MS = 30_000;
const LONGEST_EVENT = 4 * 1024 * 1024; // characters; more without an end of a message is no stream of ours

/** An answer that is no success: `problem` is what the site says of it (RFC 9457), where it says something. */
export class ProblemError extends Error {
  constructor(status, problem, retryAfterS) {
    super(problem?.detail || problem?.title || `The site answered ${status}.`);
    this.name = "ProblemError";
    this.status = status;
    this.problem = problem;
    this.retryAfterS = retryAfterS;
  }
}

export class Caller {
  #site;
  #headers;
  #fetch;
  #timeoutMs;

  constructor({ site, key, headers = {}, timeoutMs = TIMEOUT_MS, fetch = globalThis.fetch }) {
    this.#site = new URL(site).href.replace(/\/+$/, "");
    this.#headers = key ? { ...headers, Authorization: `Bearer ${key}` } : { ...headers };
    this.#timeoutMs = timeoutMs;
    this.#fetch = (...asked) => fetch(...asked);
  }

  /** Answer of one operation. Throws ProblemError, and what `fetch` throws: TypeError, TimeoutError, AbortError. */
  async call(operation, params = {}, options = {}) {
    const deadline = AbortSignal.timeout(options.timeoutMs ?? this.#timeoutMs);
    const response = await this.#send(operation, params, options, deadline);
    if (response.status === 204) return undefined;
    const text = await response.text();
    if (!isJson(response)) return text === "" ? undefined : text;
    return JSON.parse(text);
  }

  /** All items of a list, page by page. */
  async *each(operation, params = {}, options = {}) {
    for (let more = params; ; ) {
      const page = await this.call(operation, more, options);
      yield* page.results;
      const cursor = page.next && new URL(page.next).searchParams.get("cursor");
      if (!cursor) return;
      more = { ...params, cursor };
    }
  }

  /** Messages of a stream, until the site or the caller ends it; `lastEventId` of the next call goes on behind one. */
  async *events(operation, params = {}, options = {}) {
    const connect = new AbortController();
    const timer = setTimeout(() => connect.abort(new DOMException("No answer in time.", "TimeoutError")),
      options.timeoutMs ?? this.#timeoutMs);
    let response;
    try {
      response = await this.#send(operation, params, options, connect.signal);
    } finally {
      clearTimeout(timer);
    }
    const reader = response.body.getReader();
    try {
      yield* messages(reader);
    } finally {
      connect.abort();
      await reader.cancel().catch(() => {});
    }
  }

  async #send(operation, params, options, deadline) {
    const { address, headers, body } = written(operation, params);
    const response = await this.#fetch(this.#site + address, {
      method: operation.method,
      headers: { Accept: operation.accept, ...this.#headers, ...headers, ...options.headers },
      body,
      signal: options.signal ? AbortSignal.any([options.signal, deadline]) : deadline,
    });
    if (response.ok) return response;
    const text = await response.text();
    let problem;
    try {
      problem = isJson(response) ? JSON.parse(text) : undefined;
    } catch {
      problem = undefined; // a proxy's page, or half an answer
    }
    throw new ProblemError(response.status, problem, retryAfter(response));
  }
}

function written(operation, params) {
  const left = { ...params };
  const take = (name) => {
    const value = left[name];
    delete left[name];
    return value;
  };
  const address = operation.path.replace(/\{(\w+)\}/g, (_whole, name) => {
    const value = take(name);
    if (value === undefined || value === null || value === "") throw new TypeError(`${name} is missing`);
    if (value === "." || value === "..") throw new TypeError(`${name} is no name`);
    return encodeURIComponent(value);
  });
  const headers = {};
  for (const [name, header] of Object.entries(operation.headers ?? {})) {
    const value = take(name);
    if (value !== undefined && value !== null) headers[header] = String(value);
  }
  let body;
  if (operation.body) {
    const said = take("body");
    if (said !== undefined) {
      headers["Content-Type"] = operation.body;
      body = JSON.stringify(said);
    }
  }
  const query = new URLSearchParams();
  for (const name of operation.query ?? []) {
    const value = take(name);
    if (value !== undefined && value !== null) query.set(name, String(value));
  }
  const [unknown] = Object.keys(left);
  if (unknown !== undefined) throw new TypeError(`${unknown} is nothing that can be asked for here`);
  const asked = query.toString();
  return { address: asked ? `${address}?${asked}` : address, headers, body };
}

function isJson(response) {
  return /[/+]json\b/.test(response.headers.get("Content-Type") ?? "");
}

/** Seconds of Retry-After, which is a number or a date. */
function retryAfter(response) {
  const said = response.headers.get("Retry-After");
  if (said === null) return undefined;
  const seconds = /^\d+$/.test(said) ? Number(said) : (Date.parse(said) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}

/** Messages of Server-Sent Events, as the HTML standard reads them. */
async function* messages(reader) {
  const decoder = new TextDecoder();
  let rest = "";
  let id = "";
  let event = "";
  let data = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return; // what has no end is no message
    rest += decoder.decode(value, { stream: true });
    // A lone CR at the end may be the first half of CRLF.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop();
    for (const line of lines) {
      if (line === "") {
        if (data.length) yield { id, event: event || "message", data: data.join("\n") };
        event = "";
        data = [];
        continue;
      }
      const colon = line.indexOf(":");
      const field = colon < 0 ? line : line.slice(0, colon);
      const content = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
      if (field === "data") data.push(content);
      else if (field === "event") event = content;
      else if (field === "id" && !content.includes("\0")) id = content;
    }
    const held = data.reduce((sum, each) => sum + each.length, rest.length);
    if (held > LONGEST_EVENT) throw new TypeError("The stream sends no end of a message.");
  }
}
