import { globSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { Failure, readInput } from "@wasm-header-filter/cli";
import { parseDocument } from "yaml";
import type { Exchange, Step } from "./exchange.ts";
import { CLIENT_START, framesOf, type GivenFrame } from "./http2-frames.ts";

const FOLDER = fileURLToPath(new URL("../../exchanges/", import.meta.url));

/** A step as it is written. Text stands for bytes: each character is a byte. */
type Given =
  | string
  /** Lines of a head, each ended by CR LF, and an empty one. */
  | { readonly head: readonly string[] }
  /** More header lines of `GET / HTTP/1.1` or `POST / HTTP/1.1`. */
  | { readonly get: readonly string[] }
  | { readonly post: readonly string[] }
  /** More header lines of `HTTP/1.1 200 OK`. */
  | { readonly ok: readonly string[] }
  | { readonly repeat: readonly [text: string, times: number] }
  /** Bytes in hexadecimal digits, with spaces. */
  | { readonly hex: string }
  /** Frames of HTTP/2. */
  | { readonly frames: readonly GivenFrame[] }
  | { readonly wait: string }
  | { readonly other: string }
  | "END"
  | "NEXT"
  | "RESET";

interface GivenExchange {
  readonly name: string;
  readonly client?: readonly Given[];
  /** Short for a client that sends one head. */
  readonly get?: readonly string[];
  readonly post?: readonly string[];
  readonly head?: readonly string[];
  readonly until?: string | null;
  readonly probe?: boolean | string;
  readonly upstream?: readonly Given[];
  readonly answers?: readonly (readonly Given[])[];
  readonly http2Upstream?: boolean;
  /** What an upstream of HTTP/2 sends first; by default SETTINGS, and the acknowledgement of the proxy's. */
  readonly start?: readonly GivenFrame[];
  /** Short for a client that speaks HTTP/2 and sends these frames after its preface. */
  readonly http2?: readonly GivenFrame[];
  /** Short for an upstream that sends these frames of HTTP/2. */
  readonly frames?: readonly GivenFrame[];
}

/** Asks once more on the same connection; upstreams answer it with `last`. */
const PROBE = "GET /last HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n";

/** The same over HTTP/2, on a stream that no exchange uses. */
const HTTP2_PROBE = framesOf([{ request: 9999, path: "/last" }]);

const UPSTREAM_START: readonly GivenFrame[] = [{ settings: [] }, { type: 4, flags: 1 }];

const FIELDS = new Set([
  "name",
  "client",
  "get",
  "post",
  "head",
  "until",
  "probe",
  "upstream",
  "answers",
  "http2Upstream",
  "start",
  "frames",
  "http2",
]);

/**
 * Reads the exchanges of `exchanges/*.yaml`.
 *
 * @throws Failure, one line, for a file that isn't YAML, a step that is none, or a name that is there twice
 */
export function loadExchanges(files: readonly string[] = globSync("*.yaml", { cwd: FOLDER }).sort()): Exchange[] {
  const all = files.flatMap((name) => {
    const document = parseDocument(readInput(FOLDER + name, "exchanges").toString());
    if (document.errors[0]) throw new Failure(`exchanges ${name}: not YAML: ${document.errors[0].message}`);
    const { exchanges } = document.toJS() as { exchanges: GivenExchange[] };
    return exchanges.map((given) => filledIn(given, basename(name, ".yaml")));
  });
  const titles = all.map(({ title }) => title);
  const twice = titles.find((title, at) => titles.indexOf(title) < at);
  if (twice) throw new Failure(`exchanges: ${twice} is there twice; expected each name once`);
  return all;
}

function filledIn(given: GivenExchange, topic: string): Exchange {
  const { name, get, post, head, probe = true, until = /ok|HTTP\/1\.1 [3-5]/, start = UPSTREAM_START } = given;
  const title = `${topic} / ${name}`;
  const unknown = Object.keys(given).find((field) => !FIELDS.has(field));
  if (unknown) throw new Failure(`exchanges: ${title}: unknown field ${unknown}`);
  const steps = (list: readonly Given[]) => list.map((step) => stepOf(step, title));
  const http2 = given.http2 !== undefined || topic.startsWith("http2");
  const short: Given[] = given.http2
    ? [{ frames: given.http2 }]
    : [...(get ? [{ get }] : []), ...(post ? [{ post }] : []), ...(head ? [{ head }] : [])];
  return {
    title,
    http2Upstream: given.http2Upstream ?? topic.startsWith("upstream-http2"),
    http2,
    start: framesOf(start),
    client: http2 ? behindPreface(steps(given.client ?? short)) : steps(given.client ?? short),
    until: until === null ? undefined : typeof until === "string" ? bytes(until) : until,
    probe: probe === false ? undefined : probe === true && http2 ? HTTP2_PROBE : bytes(probe === true ? PROBE : probe),
    answers: (
      given.answers ?? [
        given.upstream ?? (given.frames && [{ frames: given.frames }]) ?? [{ ok: ["content-length: 2"] }, "ok"],
      ]
    ).map(steps),
  };
}

/** Steps over HTTP/2: its preface comes with the first frames, so that a proxy reads both at once. */
function behindPreface([first, ...rest]: readonly Step[]): Step[] {
  if (first?.kind === "send") return [{ kind: "send", bytes: Buffer.concat([CLIENT_START, first.bytes]) }, ...rest];
  return [{ kind: "send", bytes: CLIENT_START }, ...(first ? [first] : []), ...rest];
}

const bytes = (text: string): Buffer => Buffer.from(text, "latin1");

function stepOf(given: Given, title: string): Step {
  if (given === "END") return { kind: "end" };
  if (given === "NEXT") return { kind: "next" };
  if (given === "RESET") return { kind: "reset" };
  if (typeof given === "string") return { kind: "send", bytes: bytes(given) };
  if ("wait" in given) return { kind: "wait", bytes: bytes(given.wait) };
  if ("other" in given) return { kind: "other", bytes: bytes(given.other) };
  if ("hex" in given) return { kind: "send", bytes: Buffer.from(given.hex.replace(/\s/g, ""), "hex") };
  if ("frames" in given) return { kind: "send", bytes: framesOf(given.frames) };
  if ("repeat" in given) return { kind: "send", bytes: bytes(given.repeat[0].repeat(given.repeat[1])) };
  const lines = linesOf(given);
  if (!lines) throw new Failure(`exchanges: ${title}: ${JSON.stringify(given)} is no step`);
  return { kind: "send", bytes: bytes([...lines, "", ""].join("\r\n")) };
}

function linesOf(given: object): readonly string[] | undefined {
  const { get, post, ok, head } = given as Readonly<Record<string, readonly string[]>>;
  if (get) return ["GET / HTTP/1.1", "Host: a.example", ...get];
  if (post) return ["POST / HTTP/1.1", "Host: a.example", ...post];
  return ok ? ["HTTP/1.1 200 OK", ...ok] : head;
}
