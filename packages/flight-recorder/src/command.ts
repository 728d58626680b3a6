import { writeFileSync } from "node:fs";
import { Failure, oneLine, readInput, UsageError, upstreamUrl } from "@wasm-header-filter/cli";
import type { Command } from "commander";
import { RECORDING_FORMAT, type Recording } from "./archive/recording.ts";
import { pageAssets } from "./serve/assets.ts";
import { standalone } from "./serve/document.ts";

interface RecordCommandOptions {
  readonly admin: URL;
  readonly from?: string;
  readonly out: string;
  readonly requests?: number;
  readonly seconds?: number;
}

/** How often a host is asked how many requests it has seen, in milliseconds. */
const PERIOD = 200;

/** Makes a command the recorder's: it writes what a running host has recorded. */
export function addRecordCommand(command: Command): Command {
  return command
    .description("Write what a running host has recorded as one page that needs no server.")
    .requiredOption("--out <file>", "where to: a page, or a recording if its name ends in .json")
    .option("--admin <url>", "the admin server of the host", upstreamUrl, upstreamUrl("http://127.0.0.1:15000"))
    .option("--from <file>", "take this recording, as the page exports it, instead of asking a host")
    .option("--requests <n>", "wait for so many requests more", count)
    .option("--seconds <n>", "wait so long", count)
    .action(record);
}

/**
 * Writes what a running host has recorded, or a recording that was exported, as one page that needs no server (or, where the file's
 * name ends in `.json`, as a recording).
 *
 * @throws UsageError if options contradict each other
 * @throws Failure if the host does not answer, the file is no recording or the page can't be written
 */
async function record({ admin, from, out, requests, seconds }: RecordCommandOptions): Promise<void> {
  if (from !== undefined && (requests !== undefined || seconds !== undefined)) {
    throw new UsageError("--from: a file has no more to come, leave --requests and --seconds out");
  }
  if (from === undefined && (requests !== undefined || seconds !== undefined)) await wait(admin, requests, seconds);
  const text = from === undefined ? await ask(admin, "/api/recording") : readInput(from, "--from").toString("utf8");
  const recording = parse(text, from ?? admin.href);
  const page = out.endsWith(".json") ? text : standalone(await pageAssets(), recording);
  try {
    writeFileSync(out, page);
  } catch (error) {
    throw new Failure(`--out ${out}: can't be written: ${oneLine(error)}`);
  }
  console.error(`${out}: ${several(recording.requests, "request")}, ${several(recording.plugins, "plugin")}`);
}

const several = ({ length }: readonly unknown[], what: string) => `${length} ${what}${length === 1 ? "" : "s"}`;

/** Waits for so many requests more, or so many seconds, whichever comes first. */
async function wait(
  admin: URL,
  requests = Number.POSITIVE_INFINITY,
  seconds = Number.POSITIVE_INFINITY,
): Promise<void> {
  const end = performance.now() + seconds * 1000;
  const seen = async () => {
    const { ring, requests: list } = JSON.parse(await ask(admin, "/api/state"));
    return ring.passedOver + ring.forgotten + list.filter(({ took }: { took?: number }) => took !== undefined).length;
  };
  const wanted = (await seen()) + requests;
  while (performance.now() < end && (await seen()) < wanted) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(PERIOD, Math.max(0, end - performance.now()))));
  }
}

async function ask(admin: URL, path: string): Promise<string> {
  try {
    const response = await fetch(new URL(path, admin), { signal: AbortSignal.timeout(10_000) });
    if (response.ok) return await response.text();
    throw new Failure(`status ${response.status}; does it record (no --no-record), and is it filter-host?`);
  } catch (error) {
    throw new Failure(`--admin ${admin.origin}: no recording from there: ${oneLine(error)}`);
  }
}

function parse(text: string, source: string): Recording {
  try {
    const value = JSON.parse(text) as Recording;
    if (value.format === RECORDING_FORMAT && Array.isArray(value.requests)) return value;
  } catch {
    // What is no JSON is no recording either.
  }
  throw new Failure(`${source}: no recording; expected a file that the page exported, or this command wrote as .json`);
}

/**
 * Reads a number of things.
 *
 * @throws UsageError if it is none, or 0
 */
function count(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`${text}: expected a whole number above 0`);
  return Number(text);
}
