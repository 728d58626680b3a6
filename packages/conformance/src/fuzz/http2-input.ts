import { damaged, type Random } from "@wasm-header-filter/cli/random";
import {
  Flag,
  FrameType,
  frame as frameBytes,
  PREFACE,
  words as wordBytes,
} from "@wasm-header-filter/filter-host/testing";
import { type Conversation, pieces } from "./input.ts";

/** Types of frames, and one that is unknown. */
const TYPES = { ...FrameType, other: 42 };

const NAMES = [
  ":method",
  ":path",
  ":scheme",
  ":authority",
  ":status",
  ":protocol",
  ":x",
  "host",
  "connection",
  "te",
  "transfer-encoding",
  "content-length",
  "x-do",
  "expect",
  "cookie",
  "__proto__",
  "constructor",
  "Upper",
  "",
  "a b",
];
const VALUES = [
  "",
  "GET",
  "POST",
  "CONNECT",
  "/",
  "*",
  "http",
  "https",
  "a.example",
  "0",
  "5",
  "-1",
  "trailers",
  "chunked",
  "websocket",
  "\0",
  "a\r\nb",
  "ÿ",
];
const DEEDS = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];

/** Makes a client's frames: a connection that is mostly correct, with frames that don't fit. The upstream answers each request alike. */
export function http2Input(random: Random): Conversation {
  const settings = frame(TYPES.settings, 0, 0, random.oneIn(4) ? setting(random) : "");
  const frames = random.several(1, 12, () => randomFrame(random)).join("");
  const flood = random.oneIn(25) ? randomFrame(random).repeat(random.pick([200, 3_000])) : "";
  const preface = PREFACE.toString("latin1");
  const text = `${random.oneIn(20) ? preface.slice(random.below(24)) : preface}${settings}${frames}${flood}`;
  const bytes = random.oneIn(5) ? damaged(random, Buffer.from(text, "latin1")).toString("latin1") : text;
  const body = "b".repeat(random.pick([0, 2, 70_000]));
  return {
    client: pieces(
      random.several(0, 4, () => random.below(1 << 20)),
      bytes,
    ),
    end: random.oneIn(3) ? "reset" : "fin",
    upstream: [`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`],
    upstreamEnd: random.pick([undefined, "fin", "reset"] as const),
  };
}

function randomFrame(random: Random): string {
  const stream = random.pick([1, 1, 3, 3, 5, 7, 0, 2, 101, 0x7fffffff]);
  const type = random.pick([
    "headers",
    "headers",
    "headers",
    "data",
    "data",
    ...Object.keys(TYPES),
  ] as (keyof typeof TYPES)[]);
  const flags = random.oneIn(6)
    ? random.below(256)
    : random.pick([0, Flag.endStream, Flag.endHeaders, Flag.endHeaders | Flag.endStream]);
  if (random.oneIn(15)) return frame(TYPES[type], flags, stream, random.bytes(random.below(40)).toString("latin1"));
  switch (type) {
    case "headers":
      return frame(
        TYPES.headers,
        (flags | Flag.endHeaders) & ~(Flag.padded | Flag.priority),
        stream,
        headerBlock(random),
      );
    case "continuation":
      return frame(TYPES.continuation, flags, stream, headerBlock(random));
    case "data":
      return frame(TYPES.data, flags & ~Flag.padded, stream, "d".repeat(random.pick([0, 1, 5, 16_384, 16_385])));
    case "settings":
      return frame(
        TYPES.settings,
        random.oneIn(3) ? 1 : 0,
        random.oneIn(9) ? stream : 0,
        random.several(0, 3, () => setting(random)).join(""),
      );
    case "ping":
      return frame(TYPES.ping, random.below(2), 0, "12345678");
    case "goaway":
      return frame(TYPES.goaway, 0, 0, words(random.below(9), random.below(14)));
    case "windowUpdate":
      return frame(TYPES.windowUpdate, 0, random.oneIn(2) ? 0 : stream, words(random.pick([0, 1, 65_535, 0x7fffffff])));
    case "priority":
      return frame(TYPES.priority, 0, stream, `${words(random.pick([stream, 0, 3]))}a`);
    case "reset":
      return frame(TYPES.reset, 0, stream, words(random.below(14)));
    case "push":
      return frame(TYPES.push, Flag.endHeaders, stream, words(2) + headerBlock(random));
    case "other":
      return frame(TYPES.other, flags, stream, "x");
  }
}

/** Mostly a request's headers, some left out, replaced or added. */
function headerBlock(random: Random): string {
  const lines: [string, string][] = [
    [":method", random.pick(["GET", "POST"])],
    [":scheme", "http"],
    [":path", "/"],
    [":authority", "a.example"],
  ];
  if (random.oneIn(3)) lines.push(["x-do", random.pick(DEEDS)]);
  if (random.oneIn(4)) lines.splice(random.below(lines.length), 1);
  const line = (): [string, string] => [random.pick(NAMES), random.pick(VALUES)];
  if (random.oneIn(3)) lines.splice(random.below(lines.length), 0, ...random.several(1, 3, line));
  if (random.oneIn(50))
    lines.push(...Array.from({ length: random.pick([99, 101, 1_000]) }, (_, at): [string, string] => [`h${at}`, "v"]));
  const block = lines.map(literal).join("");
  return random.oneIn(12) ? damaged(random, Buffer.from(block, "latin1")).toString("latin1") : block;
}

/** A header line without compression (RFC 7541, section 6.2.2). */
const literal = ([name, value]: [string, string]): string =>
  `\0${String.fromCharCode(name.length)}${name}${String.fromCharCode(value.length)}${value}`;

function setting(random: Random): string {
  const [name, value] = [random.below(9), random.pick([0, 1, 100, 16_384, 65_535, 0x7fffffff, 0xffffffff])];
  return `${String.fromCharCode(0, name)}${words(value)}`;
}

const frame = (type: number, flags: number, stream: number, payload: string): string =>
  frameBytes(type, flags, stream, Buffer.from(payload, "latin1")).toString("latin1");

const words = (...numbers: readonly number[]): string => wordBytes(...numbers).toString("latin1");
