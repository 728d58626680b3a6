import { spawn } from "node:child_process";
import { join } from "node:path";
import { findRoot, openRepository, parseReference, type Repository } from "@wasm-header-filter/oci";
import { startRegistry, type TestRegistry } from "@wasm-header-filter/oci/testing";
import { type Door, openDoor } from "./door.ts";
import { type NpmRegistry, startNpmRegistry } from "./npm-registry.ts";

const real = findRoot(import.meta.dirname);
const RELEASE = join(real, "packages/release/src/main.ts");
const CHANGESET = join(real, "node_modules/@changesets/cli/bin.js");

/** What is built, and one case of the contract in place of all of it. */
export const QUICK = ["--no-build", "--gate-case", "the-lab"];

/** What a command came to. */
interface Ended {
  readonly status: number | null;
  /** stdout and stderr. */
  readonly said: string;
}

/** An image's digest, and the types of what is said about it. */
interface Seen {
  readonly digest: string;
  readonly beside: readonly string[];
}

/** What a release leaves: everything that users can see. */
export interface EndState {
  /** By tag. */
  readonly images: Record<string, Seen>;
  /** By package: tarball digest by version, and dist-tags. */
  readonly npm: Record<string, { readonly tags: unknown; readonly versions: Record<string, string> }>;
  readonly git: readonly string[];
}

/** Two registries, each behind a door, and a repository to release from. */
export interface Stage {
  readonly images: Door;
  readonly npm: Door;
  /** `127.0.0.1:PORT/...`, for `--repository`. */
  readonly repository: string;
  /** Runs the release's command with the doors as its registries; `kill` is given what ends it and all it started, at once. */
  release(root: string, args?: readonly string[], kill?: (now: () => void) => void): Promise<Ended>;
  /** Runs changesets' own command, with `OCI_REPOSITORY` where it is given. */
  changeset(root: string, args: readonly string[], env?: Record<string, string>): Promise<Ended>;
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
    release: (root, args = QUICK, kill) => run(root, [RELEASE, "--repository", repository, ...args], env, kill),
    changeset: (root, args, more = {}) => run(root, [CHANGESET, ...args], { ...env, ...more }),
    async look(git, packages) {
      const about = await Promise.all(packages.map(async (name) => [name, await packument(npm.url, name)] as const));
      return {
        images: await lookAt(openRepository(parseReference(repository))),
        npm: Object.fromEntries(about.flatMap(([name, what]) => (what ? [[name, what]] : []))),
        git: git.trim().split("\n").sort(),
      };
    },
    async close() {
      await images.close();
      await npm.close();
      await npmRegistry.close();
      await imageRegistry.close();
    },
  };
}

function run(
  root: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  kill?: (now: () => void) => void,
): Promise<Ended> {
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
  // Its own process group, so npm and changesets end with it.
  kill?.(() => process.kill(-(child.pid as number), "SIGKILL"));
  return new Promise((resolve) =>
    child.once("close", (status) => resolve({ status, said: Buffer.concat(chunks).toString() })),
  );
}

/** The tags of a repository, without those that stand for a list of referrers. */
export async function lookAt(registry: Repository): Promise<Record<string, Seen>> {
  const seen: Record<string, Seen> = {};
  for (const tag of (await registry.tags()).sort()) {
    const found = tag.startsWith("sha256-") ? undefined : await registry.resolve(tag);
    if (!found) continue;
    const beside = await registry.referrers(found.digest);
    seen[tag] = { digest: found.digest, beside: beside.map(({ artifactType }) => artifactType ?? "").sort() };
  }
  return seen;
}

async function packument(url: string, name: string): Promise<EndState["npm"][string] | undefined> {
  const response = await fetch(`${url}/${name.replace("/", "%2f")}`);
  if (response.status === 404) return undefined;
  const { versions, "dist-tags": tags } = (await response.json()) as {
    versions: Record<string, { dist: { shasum: string } }>;
    "dist-tags": unknown;
  };
  return { tags, versions: Object.fromEntries(Object.entries(versions).map(([v, { dist }]) => [v, dist.shasum])) };
}
