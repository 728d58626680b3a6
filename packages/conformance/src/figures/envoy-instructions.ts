import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { Missing } from "../environment/python.ts";
import type { ByKind } from "./on-envoy.ts";
import type { CountedRequests } from "./per-request.ts";
import { workerOf } from "./process.ts";
import { KINDS, NO_FILTER, type WarmEnvoy } from "./warm-envoy.ts";

const COUNTER = fileURLToPath(new URL("count-instructions.py", import.meta.url));

/** How often each request is stepped through. */
export const STEPPED = 8;

/** How many WebAssembly instructions a request may have in the module to be stepped through in Envoy: more would take an hour. */
const STEPPABLE = 1_000_000;

/** What a usual client sends, the same in each run. Envoy would make up an id of its own. */
const CLIENT = {
  host: "conformance",
  "user-agent": "conformance",
  accept: "*/*",
  "x-request-id": "00000000-0000-4000-8000-000000000001",
};

/** Why requests are not stepped through; undefined if they are. */
export function unsteppable(costs: CountedRequests): string | undefined {
  const most = Math.max(...Object.values(costs).map(({ instructions }) => instructions));
  return most > STEPPABLE ? "not counted: more than a million instructions in the module" : undefined;
}

/**
 * Counts the CPU instructions that Envoy's worker runs for a request which Envoy itself answers, by stepping through them: two minutes for
 * four modules. Linux only.
 *
 * @param names the modules whose requests are counted
 * @param rounds how many requests of each kind are stepped through
 * @returns instructions in user mode, by kind of request and module: the lowest count, as what disturbs only adds; or why they can't be counted here
 */
export async function envoyInstructions(
  envoy: WarmEnvoy,
  names: readonly string[],
  tell: (line: string) => void,
  rounds = STEPPED,
): Promise<{ readonly counted: ByKind<number> } | Missing> {
  tell(`CPU instructions per request on Envoy: ${names.join(", ")}`);
  const requests = Object.entries(KINDS).flatMap(([kind, headers]) =>
    names.map((name) => ({ kind, name, port: Number(envoy.url(name).port), text: request("/direct", headers) })),
  );
  const counts = await stepThrough(envoy.pid, requests, rounds);
  if ("reason" in counts) return counts;
  const counted: Record<string, Record<string, number>> = {};
  for (const [at, { kind, name }] of requests.entries()) {
    counted[kind] = { ...counted[kind], [name]: Math.min(...(counts[at] ?? [])) };
  }
  return { counted };
}

/**
 * What modules add to the instructions of a request without a filter.
 *
 * @param counted with {@link NO_FILTER} among the modules
 * @returns by module and kind of request
 */
export function added(counted: ByKind<number>): ByKind<number> {
  const all: Record<string, Record<string, number>> = {};
  for (const [kind, { [NO_FILTER]: plain = Number.NaN, ...modules }] of Object.entries(counted)) {
    for (const [name, count] of Object.entries(modules)) all[name] = { ...all[name], [kind]: count - plain };
  }
  return all;
}

/** The text of a request that is stepped through. @param path with `/direct` Envoy itself answers it */
export function request(path: string, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ ...CLIENT, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

/**
 * Counts the instructions of an Envoy's worker for requests. Linux only.
 *
 * @param pid the Envoy's
 * @returns for each request its counts, one for each round; or why they can't be counted here
 */
export async function stepThrough(
  pid: number,
  requests: readonly { readonly port: number; readonly text: string }[],
  rounds: number,
): Promise<number[][] | Missing> {
  const child = spawn("python3", [COUNTER, pid, workerOf(pid), rounds].map(String));
  const failed = new Promise<string>((resolve) => child.on("error", ({ message }) => resolve(message)));
  const status = new Promise<number | null>((resolve) => child.on("close", resolve));
  child.stdin.on("error", () => {});
  child.stdin.end(JSON.stringify(requests));
  const [printed, complaint] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if ((await Promise.race([status, failed])) === 0) return JSON.parse(printed);
  const last = complaint.trim().split("\n").at(-1);
  return { reason: last || (await failed) };
}
