// What all operations share. Written by hand.

import type { Problem } from "./index.js";

export interface CallerOptions {
  /** Where the site is, such as "https://status.example.org". */
  site: string;
  /** An API key: higher limits, and subscriptions that belong to it. */
  key?: string | undefined;
  /** Sent with every call, such as `{ "Accept-Language": "da" }`. */
  headers?: Record<string, string> | undefined;
  /** How long a call may take, a stream's first answer too; 30 seconds without it. */
  timeoutMs?: number | undefined;
  /** Instead of the global `fetch`. */
  fetch?: typeof globalThis.fetch | undefined;
}

export interface CallOptions {
  signal?: AbortSignal | undefined;
  headers?: Record<string, string> | undefined;
  timeoutMs?: number | undefined;
}

/** A message of a stream; `data` is JSON text. */
export interface StreamMessage {
  id: string;
  event: string;
  data: string;
}

/** An answer that is no success: `problem` is what the site says of it (RFC 9457), where it says something. */
export class ProblemError extends Error {
  readonly status: number;
  readonly problem: Problem | undefined;
  /** When to ask again, where the site says it. */
  readonly retryAfterS: number | undefined;
}

export class Caller {
  constructor(options: CallerOptions);
}
