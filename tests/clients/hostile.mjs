// The npm client against a server that does what networks do. Prints what it saw, and a last line when all was right.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { Brownout, ProblemError } from "brownout-client";

setTimeout(() => { console.log("took too long"); process.exit(1); }, 45_000).unref();

const asked = [];
const stream = 'retry: 3\r\n\r\nevent: status\r\nid: 7\r\ndata: {"verdict":\r\ndata: "ok", "word": "Störung"}\r\n\r\n: still here\n\n'
  + "data\n\nevent:stale\ndata:{}\rid: 8\r\rdata: half";
const answers = {
  stream: (answer) => {
    answer.writeHead(200, { "Content-Type": "text/event-stream" });
    const bytes = Buffer.from(stream);
    let at = 0;
    const next = () => (at < bytes.length ? (answer.write(bytes.subarray(at, (at += 1))), setImmediate(next)) : answer.end());
    next();
  },
  endless: (answer) => {
    answer.writeHead(200, { "Content-Type": "text/event-stream" });
    answer.write('data: {"verdict": "ok"}\n\n');
    answer.on("close", () => asked.push("closed"));
  },
  huge: (answer) => {
    answer.writeHead(200, { "Content-Type": "text/event-stream" });
    const line = `data: ${"x".repeat(1_000_000)}\n`;
    const more = () => !answer.destroyed && answer.write(line, () => setImmediate(more));
    more();
  },
  proxy: (answer) => answer.writeHead(503, { "Content-Type": "text/html", "Retry-After": "7" }).end("<html>Bad gateway"),
  half: (answer) => answer.writeHead(429, { "Content-Type": "application/problem+json",
    "Retry-After": new Date(Date.now() + 60_000).toUTCString() }).end('{"title": "Too'),
  silent: () => {},
  page: (answer, url) => {
    const cursor = url.searchParams.get("cursor");
    const next = cursor ? null : "https://elsewhere.example/api?cursor=a%2Bb%3D";
    answer.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify({ results: [cursor], next }));
  },
};
let answering = "stream";
const server = createServer((request, answer) => {
  asked.push(`${request.method} ${request.url}`);
  answers[answering](answer, new URL(request.url, "http://x"));
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
process.env.BROWNOUT = `http://127.0.0.1:${server.address().port}`;
const brownout = new Brownout({ site: process.env.BROWNOUT });
const thrown = (promise) => promise.then(() => assert.fail("nothing was thrown"), (error) => error);

const messages = [];
for await (const message of brownout.servicesStream({ slug: "a b", lastEventId: "6" })) messages.push(message);
assert.deepEqual(messages.map(({ id, event, data }) => [id, event, data]), [
  ["7", "status", '{"verdict":\n"ok", "word": "Störung"}'], ["7", "message", ""], ["8", "stale", "{}"],
]);
assert.equal(asked.at(-1), "GET /api/v1/services/a%20b/stream");

await import("./live.mjs");

answering = "endless";
for await (const message of brownout.servicesStream({ slug: "tesla" }, { timeoutMs: 30_000 })) {
  assert.equal(message.event, "message");
  break;
}
for (let wait = 0; wait < 2_000 && !asked.includes("closed"); wait += 1) await new Promise((done) => setTimeout(done, 10));
assert.ok(asked.includes("closed"), "a loop that is left ends its connection");

answering = "huge";
const huge = await thrown(brownout.servicesStream({ slug: "tesla" }).next());
assert.match(String(huge), /no end of a message/);

answering = "proxy";
const proxy = await thrown(brownout.servicesStatus({ slug: "tesla" }));
assert.ok(proxy instanceof ProblemError);
assert.deepEqual([proxy.status, proxy.problem, proxy.retryAfterS], [503, undefined, 7]);
assert.match(proxy.message, /503/);

answering = "half";
const half = await thrown(brownout.servicesStatus({ slug: "tesla" }));
assert.deepEqual([half.status, half.problem], [429, undefined]);
assert.ok(half.retryAfterS > 0 && half.retryAfterS <= 60, String(half.retryAfterS));

answering = "silent";
assert.equal((await thrown(brownout.servicesStatus({ slug: "tesla" }, { timeoutMs: 50 }))).name, "TimeoutError");
assert.equal((await thrown(brownout.servicesStream({ slug: "tesla" }, { timeoutMs: 50 }).next())).name, "TimeoutError");
assert.equal((await thrown(brownout.servicesStatus({ slug: "tesla" }, { signal: AbortSignal.abort() }))).name, "AbortError");

answering = "page";
const items = [];
for await (const item of brownout.all("servicesList", { limit: 1 })) items.push(item);
assert.deepEqual(items, [null, "a+b="]);
assert.equal(asked.at(-1), "GET /api/v1/services?cursor=a%2Bb%3D&limit=1", "never to the address that `next` names");

const before = asked.length;
for (const wrong of [{}, { slug: "" }, { slug: ".." }, { slug: "tesla", at: undefined, until: "now" }])
  assert.equal((await thrown(brownout.servicesStatus(wrong))).name, "TypeError", JSON.stringify(wrong));
assert.equal(asked.length, before, "nothing was sent");

server.closeAllConnections();
server.close();
console.log("all as it should be");
