import { damaged, type Random } from "@wasm-header-filter/cli/random";
import { type Conversation, pieces } from "./input.ts";

const METHODS = [
  "GET",
  "GET",
  "POST",
  "POST",
  "HEAD",
  "PUT",
  "OPTIONS",
  "CONNECT",
  "TRACE",
  "get",
  "PRI",
  "",
  "A B",
  "*",
];
const TARGETS = [
  "/",
  "/a?b=c",
  "*",
  "http://a.example/x",
  "http://u:p@a.example:80/x",
  "a.example:443",
  "//",
  "",
  "/%zz",
  "?",
];
const VERSIONS = [
  "HTTP/1.1",
  "HTTP/1.1",
  "HTTP/1.1",
  "HTTP/1.0",
  "HTTP/0.9",
  "HTTP/2.0",
  "HTTP/1.2",
  "http/1.1",
  "",
  "HTTP/1.1 ",
];
const LINE_ENDS = ["\r\n", "\r\n", "\r\n", "\r\n", "\n", "\r", "\r\r\n"];
/** What the observer does with a request: see exchanges/filter.ts. */
const DEEDS = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
const NAMES = [
  "content-length",
  "transfer-encoding",
  "connection",
  "expect",
  "upgrade",
  "trailer",
  "te",
  "host",
  "x-do",
  "cookie",
  "x-envoy-upstream-rq-timeout-ms",
  "x-envoy-retry-on",
  "x-forwarded-proto",
  "keep-alive",
  "proxy-connection",
  "http2-settings",
  ":path",
  "__proto__",
  "constructor",
  "",
  " ",
  "a b",
  "ä",
];
const VALUES = [
  "",
  "0",
  "1",
  "5",
  "5, 5",
  "-1",
  "+5",
  "99999999999999999999",
  "0x5",
  "chunked",
  "identity",
  "gzip, chunked",
  "chunked, chunked",
  "close",
  "keep-alive",
  "upgrade",
  "h2c",
  "websocket",
  "100-continue",
  "trailers",
  "\0",
  "a\tb",
  "ÿ",
  "https",
];
const STATUSES = [
  "200 OK",
  "200",
  "100 Continue",
  "101 Switching Protocols",
  "103",
  "204",
  "304",
  "500 x",
  "99",
  "1000",
  "abc",
  "",
  "-1",
];
const SIZES = ["0", "1", "5", "5;x=y", "00005", "5 ", "ffffffffffffffff", "g", "", "-1", "0x5"];

/** Makes a client's bytes and an upstream's: mostly well-formed, with a few faults. */
export function http1Input(random: Random): Conversation {
  const client = random.several(1, 4, () => message(random, requestLine(random))).join("");
  const upstream = random
    .several(0, 3, () => message(random, `HTTP/1.${random.pick([1, 1, 1, 0, 9])} ${random.pick(STATUSES)}`))
    .join("");
  return {
    client: cut(random, client),
    end: random.oneIn(4) ? "reset" : "fin",
    upstream: cut(random, upstream),
    upstreamEnd: random.pick([undefined, "fin", "reset"] as const),
  };
}

function cut(random: Random, text: string): string[] {
  const bytes = random.oneIn(4) ? damaged(random, Buffer.from(text, "latin1")).toString("latin1") : text;
  return pieces(
    random.several(0, 4, () => random.below(1 << 20)),
    bytes,
  );
}

function requestLine(random: Random): string {
  const usual = random.oneIn(2);
  if (usual) return `${random.pick(["GET", "POST"])} / HTTP/1.1`;
  return [random.pick(METHODS), random.pick(TARGETS), random.pick(VERSIONS)].join(random.oneIn(20) ? "\t" : " ");
}

/** A head, and behind it a body that its headers announce, or another one. */
function message(random: Random, first: string): string {
  const end = () => (random.oneIn(12) ? random.pick(LINE_ENDS) : "\r\n");
  const lines = [first, "Host: a.example"];
  if (random.oneIn(3)) lines.push(`x-do: ${random.pick(DEEDS)}`);
  const [announced, body] = bodyOf(random);
  lines.push(...announced, ...random.several(0, 3, () => headerLine(random)));
  if (random.oneIn(40)) lines.push(`big: ${"x".repeat(random.pick([8_000, 61_440, 100_000]))}`);
  if (random.oneIn(40)) lines.push(...Array.from({ length: random.pick([99, 101, 2_000]) }, (_, at) => `h${at}: v`));
  return `${lines.map((line) => line + end()).join("")}${end()}${body}`;
}

function headerLine(random: Random): string {
  const fold = random.oneIn(20) ? "\r\n folded" : "";
  return `${random.pick(NAMES)}${random.oneIn(12) ? " " : ""}:${random.pick(["", " ", "\t"])}${random.pick(VALUES)}${fold}`;
}

function bodyOf(random: Random): [headers: string[], body: string] {
  const kind = random.below(4);
  if (kind === 0) return [[], ""];
  if (kind === 1) return [[], random.bytes(random.below(30)).toString("latin1")];
  if (kind === 2) {
    const size = random.pick([0, 1, 5, 70_000]);
    return [[`Content-Length: ${size}`], "b".repeat(random.oneIn(6) ? random.below(size + 9) : size)];
  }
  const chunks = random.several(0, 3, () =>
    random.oneIn(5) ? `${random.pick(SIZES)}\r\nhello\r\n` : `5\r\nhello\r\n`,
  );
  const trailers = random.oneIn(3) ? random.several(1, 3, () => `${headerLine(random)}\r\n`) : [];
  return [
    ["Transfer-Encoding: chunked"],
    `${chunks.join("")}${random.oneIn(6) ? "" : "0\r\n"}${trailers.join("")}\r\n`,
  ];
}
