import { globSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { Failure, readInput } from "@wasm-header-filter/cli";
import { parseDocument } from "yaml";

/** The listeners that exchanges use; each has a limit, an upstream or a protocol of its own. */
export const LISTENERS = ["plain", "idle", "patient", "dead", "nowhere", "http2"] as const;

/** A step of the upstream after it has read a request: it writes text, or `hang up`, `reset`, `wait`. */
export type Step = string;

/** A request, what the upstream does with each of its tries, and what the client does then. */
export interface RouterCase {
  readonly topic: string;
  readonly name: string;
  readonly listener: (typeof LISTENERS)[number];
  /** The client's request over HTTP/2, its headers and `body`; undefined if it sends `send`. */
  readonly http2: Readonly<Record<string, string>> | undefined;
  /** The client's bytes over HTTP/1.1. */
  readonly send: string;
  /** What it sends once it has the response's head. */
  readonly later: string | undefined;
  /** When the client hangs up: once the upstream has the request, once it has the response's head; by default the proxy closes. */
  readonly leave: "asked" | "answered" | "sent" | "vanish" | undefined;
  /** The upstream's steps for each request that it gets. */
  readonly upstream: readonly (readonly Step[])[];
  /** Whether a limit of time decides how it ends: `LIMIT` and `LONGER` in the client's bytes, or the listener's. */
  readonly timed: boolean;
  /** Whether filters see nothing of it. */
  readonly silent: boolean;
  /** What `proxy_on_log` sees: status, flags, details; `-` for what is missing. */
  readonly logs: string | undefined;
  /** Why filter-host differs from Envoy; undefined if it must not. */
  readonly differs: string | undefined;
}

interface Given {
  readonly name: string;
  readonly listener?: RouterCase["listener"];
  readonly http2?: Readonly<Record<string, string>>;
  readonly raw?: string;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly later?: string;
  readonly do?: readonly string[];
  readonly leave?: RouterCase["leave"];
  readonly upstream?: readonly (readonly Step[])[];
  readonly silent?: boolean;
  readonly logs?: string;
  readonly differs?: string;
}

const FOLDER = fileURLToPath(new URL("../../router/", import.meta.url));

/** The upstream's answer unless a case has another. */
export const OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/**
 * Reads the cases of `router/*.yaml`.
 *
 * @throws Failure, one line, for a file that isn't YAML
 */
export function loadRouterCases(files: readonly string[] = globSync("*.yaml", { cwd: FOLDER }).sort()): RouterCase[] {
  return files.flatMap((file) => {
    const document = parseDocument(
      readInput(FOLDER + file, "router cases")
        .toString()
        .replace("LARGE", "a".repeat(70_000)),
    );
    if (document.errors[0]) throw new Failure(`router cases ${file}: not YAML: ${document.errors[0].message}`);
    return (document.toJS() as Given[]).map((given) => ({
      topic: basename(file, ".yaml"),
      name: given.name,
      listener: given.listener ?? "plain",
      http2: given.http2,
      send: given.raw ?? written(given),
      timed: given.listener === "idle" || /LIMIT|LONGER/.test(String(given.do)) || "do-2" in (given.headers ?? {}),
      later: given.later,
      leave: given.leave,
      upstream: given.upstream ?? [[OK]],
      silent: given.silent ?? false,
      logs: given.logs,
      differs: given.differs,
    }));
  });
}

function written({ method = "GET", path = "/", headers = {}, body, do: actions = [] }: Given): string {
  const all = {
    host: "h",
    connection: "close",
    ...(body !== undefined && { "content-length": String(Buffer.byteLength(body)) }),
    ...headers,
    ...Object.fromEntries(actions.map((action, at) => [`do-${at + 1}`, action])),
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body ?? ""}`;
}
