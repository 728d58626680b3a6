import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The exports of a package, as deep as npm allows. */
export type Exports = string | { readonly [condition: string]: Exports };

/** A package.json, as far as publishing needs it. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports?: Exports;
  readonly files?: readonly string[];
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly publishConfig?: { readonly access?: string; readonly directory?: string };
  readonly [field: string]: unknown;
}

/** A package of this repository that npm is to get. */
export interface PublicPackage {
  /** Its folder, absolute. */
  readonly dir: string;
  /** The folder's name, and that of what is published below `publish/`. */
  readonly folder: string;
  readonly manifest: Manifest;
}

/**
 * The packages of a repository that are not private.
 *
 * @param root the repository
 * @returns sorted by folder
 */
export function publicPackages(root: string): PublicPackage[] {
  return globSync("packages/*/package.json", { cwd: root })
    .sort()
    .map((path) => ({
      dir: join(root, dirname(path)),
      folder: dirname(path).slice("packages/".length),
      manifest: readManifest(join(root, path)),
    }))
    .filter(({ manifest }) => !manifest.private);
}

/** Reads a package.json. */
export function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(path, "utf8"));
}
