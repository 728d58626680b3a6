import { Failure, readInput } from "@wasm-header-filter/cli";
import type { Component } from "./component.ts";

/** A package as package-lock.json has it. */
interface Locked {
  readonly version?: string;
  readonly license?: string;
  /** Subresource integrity: `sha512-` and base64. */
  readonly integrity?: string;
  /** The folder of a workspace. */
  readonly resolved?: string;
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** The packages of a package-lock.json, by where they are installed. */
export type NpmLock = Readonly<Record<string, Locked>>;

/**
 * Reads a package-lock.json.
 *
 * @throws Failure if there is none, or it is of another version than 2 or 3
 */
export function readNpmLock(path: string): NpmLock {
  try {
    const { packages } = JSON.parse(readInput(path, "lock file").toString());
    if (typeof packages === "object" && packages !== null) return packages;
  } catch (cause) {
    throw cause instanceof Failure ? cause : new Failure(`${path}: not JSON`, { cause });
  }
  throw new Failure(`${path}: no packages in it, expected lockfileVersion 2 or 3`);
}

/**
 * A package and all that it needs, as the lock file has them.
 *
 * @param from the folder, as the lock file names it, from which the package is looked up as Node would
 */
export function npmClosure(lock: NpmLock, name: string, from: string, found = new Map<string, Component>()) {
  const place = find(lock, name, from);
  // Optional packages for other platforms may be missing.
  if (place === undefined || found.has(place)) return found;
  const { version = "0", license, integrity, dependencies, optionalDependencies } = lock[place] ?? {};
  const [algorithm, digest] = integrity?.split("-") ?? [];
  found.set(place, {
    name,
    version,
    purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
    ...(license && { license }),
    ...(algorithm === "sha512" &&
      digest && { hash: { alg: "SHA-512", content: Buffer.from(digest, "base64").toString("hex") } }),
  });
  for (const needed of Object.keys({ ...dependencies, ...optionalDependencies })) {
    npmClosure(lock, needed, place, found);
  }
  return found;
}

/** Where Node finds a package that a folder imports: the nearest node_modules above; a workspace's own folder behind its link. */
function find(lock: NpmLock, name: string, from: string): string | undefined {
  for (let dir = from; ; dir = dir.slice(0, Math.max(dir.lastIndexOf("/"), 0))) {
    const place = `${dir ? `${dir}/` : ""}node_modules/${name}`;
    const entry = lock[place];
    if (entry) return entry.link ? entry.resolved : place;
    if (dir === "") return undefined;
  }
}
