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

/** The time between two polls of the number of requests, in milliseconds. */
const PERIOD = 200;

/**
 * Adds the description, options and action of `record` to a command: it writes the recording of a running host to a file.
 *
 * @param command an empty command, such as `program.command("record")`
 * @returns the command
 */
export function addRecordCommand(command: Command): Command {
  return command
    .description("Write the recording of a running host as one HTML page that needs no server.")
    .requiredOption(
      "--out <file>",
      "the file to write: an HTML page, or the recording as JSON if its name ends in .json",
    )
    .option(
      "--admin <url>",
      "the URL of the admin server of the host",
      upstreamUrl,
      upstreamUrl("http://127.0.0.1:15000"),
    )
    .option("--from <file>", "read an exported recording from this file instead of a running host")
    .option("--requests <n>", "wait for this number of further requests", count)
    .option("--seconds <n>", "wait for this number of seconds", count)
    .action(record);
}

/**
 * Writes the recording of a running host, or an exported one, as an HTML page that needs no server, or as JSON.
 *
 * @throws UsageError if options contradict each other
 * @throws Failure if the host does not respond, the file is not a recording or the output could not be written
 */
async function record({ admin, from, out, requests, seconds }: RecordCommandOptions): Promise<void> {
  if (from !== undefined && (requests !== undefined || seconds !== undefined)) {
    throw new UsageError("--from can't be combined with --requests or --seconds: no requests are added to a file");
  }
  if (from === undefined && (requests !== undefined || seconds !== undefined)) await wait(admin, requests, seconds);
  const text = from === undefined ? await ask(admin, "/api/recording") : readInput(from, "--from").toString("utf8");
  const recording = parse(text, from ?? admin.href);
  const page = out.endsWith(".json") ? text : standalone(await pageAssets(), recording);
  try {
    writeFileSync(out, page);
  } catch (error) {
    throw new Failure(`--out ${out}: could not be written: ${oneLine(error)}`);
  }
  console.error(`${out}: ${several(recording.requests, "request")}, ${several(recording.plugins, "plugin")}`);
}

const several = ({ length }: readonly unknown[], what: string) => `${length} ${what}${length === 1 ? "" : "s"}`;

/** Waits for a number of further requests or seconds, whichever comes first. */
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
    throw new Failure(`status ${response.status}; is it filter-host, and does it record (without --no-record)?`);
  } catch (error) {
    throw new Failure(`--admin ${admin.origin}: the recording could not be fetched: ${oneLine(error)}`);
  }
}

function parse(text: string, source: string): Recording {
  try {
    const value = JSON.parse(text) as Recording;
    if (value.format === RECORDING_FORMAT && Array.isArray(value.requests)) return value;
  } catch {
    // Reported below, as other files that are not recordings.
  }
  throw new Failure(
    `${source}: not a recording; expected a file that the page exported or this command wrote as .json`,
  );
}

/** @throws UsageError if the text is not a whole number above 0 */
function count(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`${text}: expected a whole number above 0`);
  return Number(text);
}
