import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Failure } from "@wasm-header-filter/cli";
import { ensurePython, type Missing } from "../environment/python.ts";
import { temporaryFolder } from "../environment/temporary.ts";
import { tethered } from "../environment/tether.ts";

/** A running httpbin. */
export interface Httpbin {
  readonly url: URL;
  close(): Promise<void>;
}

/**
 * Starts the real httpbin (PyPI's, under gunicorn) on a free port of 127.0.0.1.
 *
 * @returns the server, or the reason why it is not available
 * @throws Failure with the last line of its log if it does not start
 */
export async function startHttpbin(env: NodeJS.ProcessEnv = process.env): Promise<Httpbin | Missing> {
  const found = await ensurePython(env);
  if ("reason" in found) return found;
  const folder = temporaryFolder("httpbin");
  const logFile = join(folder.path, "log");
  const output = openSync(logFile, "w");
  const args = [
    "-m",
    "gunicorn",
    "--bind",
    "127.0.0.1:0",
    "--worker-class",
    "gthread",
    "--threads",
    "4",
    "httpbin:app",
  ];
  const child = tethered(found.python, args, output, { ...env, PYTHONUNBUFFERED: "1" });
  closeSync(output);
  const close = async () => {
    await child.close();
    folder.remove();
  };
  const end = Date.now() + 60_000;
  while (Date.now() < end && child.exitCode === undefined) {
    const log = readFileSync(logFile, "utf8");
    const address = /Listening at: (http:\/\/\S+)/.exec(log)?.[1];
    if (address && /Booting worker/.test(log)) return { url: new URL(address), close };
    await delay(20);
  }
  const said = readFileSync(logFile, "utf8").trim().split("\n").at(-1);
  await close();
  throw new Failure(`httpbin did not start: ${said || "no output within 60 s"}`);
}
