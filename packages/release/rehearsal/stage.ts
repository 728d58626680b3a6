import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { findRoot, openRepository, parseReference } from "@wasm-header-filter/oci";
import { startRegistry, type TestRegistry } from "@wasm-header-filter/oci/testing";
import { type Door, openDoor } from "./door.ts";
import { type NpmRegistry, startNpmRegistry } from "./npm-registry.ts";

const real = findRoot(import.meta.dirname);

/** What a command came to. */
export interface Ended {
  readonly status: number | null;
  /** stdout and stderr. */
  readonly said: string;
}

/** What a release leaves: everything that users can see. */
export interface EndState {
  readonly images: Record<string, string | undefined>;
  /** By package: tarball digest by version, and dist-tags. */
  readonly npm: Record<string, unknown>;
  readonly git: readonly string[];
}

/** Two registries, each behind a door, and a repository to release from. */
export interface Stage {
  readonly images: Door;
  readonly npm: Door;
  /** `127.0.0.1:PORT/...`, for `--repository`. */
  readonly repository: string;
  /** Runs a script of this repository's with Node; `watch` may end it. */
  run(root: string, args: readonly string[], watch?: (child: ChildProcess) => void): Promise<Ended>;
  /** Looks at everything. */
  look(git: string, packages: readonly string[]): Promise<EndState>;
  close(): Promise<void>;
}

/** Starts both registries, empty. */
export async function openStage(): Promise<Stage> {
  const imageRegistry: TestRegistry = await startRegistry();
  const npmRegistry: NpmRegistry = await startNpmRegistry();
  const images = await openDoor(imageRegistry.url);
  const npm = await openDoor(npmRegistry.url);
  const repository = `${images.host}/rehearsal/filter`;
  const env = {
    ...process.env,
    PATH: `${join(real, "node_modules/.bin")}:${process.env.PATH}`,
    npm_config_registry: npm.url,
    [`npm_config_//${npm.host}/:_authToken`]: "rehearsal",
    npm_config_fetch_retries: "0",
    npm_config_cache: undefined,
    NO_COLOR: "1",
    CI: "true",
  };
  return {
    images,
    npm,
    repository,
    run(root, args, watch) {
      const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
      const chunks: Buffer[] = [];
      child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
      child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
      watch?.(child);
      return new Promise((resolve) =>
        child.once("close", (status) => resolve({ status, said: Buffer.concat(chunks).toString() })),
      );
    },
    async look(git, packages) {
      const registry = openRepository(parseReference(repository));
      const tags = (await registry.tags()).sort();
      const digests = await Promise.all(tags.map(async (tag) => [tag, (await registry.resolve(tag))?.digest] as const));
      const about = await Promise.all(packages.map(async (name) => [name, await packument(npm.url, name)] as const));
      return { images: Object.fromEntries(digests), npm: Object.fromEntries(about), git: git.trim().split("\n").sort() };
    },
    async close() {
      await images.close();
      await npm.close();
      await npmRegistry.close();
      await imageRegistry.close();
    },
  };
}

async function packument(url: string, name: string): Promise<unknown> {
  const response = await fetch(`${url}/${name.replace("/", "%2f")}`);
  if (response.status === 404) return undefined;
  const { versions, "dist-tags": tags } = (await response.json()) as {
    versions: Record<string, { dist: { shasum: string } }>;
    "dist-tags": unknown;
  };
  return { tags, versions: Object.fromEntries(Object.entries(versions).map(([v, { dist }]) => [v, dist.shasum])) };
}
