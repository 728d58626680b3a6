import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { Missing } from "../environment/python.ts";
import type { ByKind } from "./on-envoy.ts";
import { workerOf } from "./process.ts";
import { KINDS, type WarmEnvoy } from "./warm-envoy.ts";

const COUNTER = fileURLToPath(new URL("count-instructions.py", import.meta.url));

/** One that opens the connection, and four for the median. */
const STEPPED = 5;

/**
 * Counts the CPU instructions that Envoy's worker runs for a request which Envoy itself answers, by stepping through them: a minute and a
 * half for four modules. Linux only.
 *
 * @param names the modules whose requests are
 * @param stepped how many requests of each kind are stepped through; the first opens the connection and isn't counted
 * @returns instructions in user mode, by kind of request and module; or why they can't be counted here
 */
export async function envoyInstructions(
  envoy: WarmEnvoy,
  names: readonly string[],
  tell: (line: string) => void,
  stepped = STEPPED,
): Promise<{ readonly counted: ByKind<number> } | Missing> {
  const counted: Record<string, Record<string, number>> = {};
  for (const name of names) {
    tell(`${name}: CPU instructions per request on Envoy`);
    for (const [kind, headers] of Object.entries(KINDS)) {
      const counts = await stepThrough(envoy, name, headers, stepped);
      if ("reason" in counts) return counts;
      counted[kind] = { ...counted[kind], [name]: median(counts.slice(1)) };
    }
  }
  return { counted };
}

async function stepThrough(
  envoy: WarmEnvoy,
  name: string,
  headers: Readonly<Record<string, string>>,
  stepped: number,
): Promise<number[] | Missing> {
  const { host, port } = envoy.url(name);
  const lines = Object.entries({ host, ...headers }).map(([header, value]) => `${header}: ${value}\r\n`);
  const args = [COUNTER, envoy.pid, workerOf(envoy.pid), port, stepped].map(String);
  const child = spawn("python3", args);
  const failed = new Promise<string>((resolve) => child.on("error", ({ message }) => resolve(message)));
  const status = new Promise<number | null>((resolve) => child.on("close", resolve));
  child.stdin.on("error", () => {});
  child.stdin.end(`GET /direct HTTP/1.1\r\n${lines.join("")}\r\n`);
  const [printed, complaint] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if ((await Promise.race([status, failed])) === 0) return JSON.parse(printed);
  const last = complaint.trim().split("\n").at(-1);
  return { reason: last || (await failed) };
}

/** The lower one of the two in the middle: what disturbs only adds. */
function median(counts: readonly number[]): number {
  return counts.toSorted((one, other) => one - other)[Math.floor((counts.length - 1) / 2)] ?? Number.NaN;
}
