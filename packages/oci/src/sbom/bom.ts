import { join, relative, sep } from "node:path";
import { hexOf } from "../digest.ts";
import type { Descriptor } from "../image.ts";
import { readCargoLock } from "./cargo-lock.ts";
import type { Component } from "./component.ts";
import { npmClosure, readNpmLock } from "./npm-lock.ts";

/** What a module is made of. */
export interface Ingredients {
  /** The folder of its package, absolute. */
  readonly dir: string;
  /** The package's name. */
  readonly name: string;
  readonly version: string;
  /** The packages whose code is in the module. */
  readonly contents: readonly string[];
  /** The packages that made it. */
  readonly toolchain: readonly string[];
  /** The Cargo.lock of the crates in the module, below the package's folder; left out where there are none. */
  readonly crates?: string;
}

/** An image, and its names. */
interface NamedImage {
  /** The descriptor of its manifest. */
  readonly descriptor: Descriptor;
  readonly repository: string;
  readonly tag: string;
}

/**
 * The software bill of materials of a filter's image: what is inside its module, and the tools that made it with all that they need
 * (CycloneDX 1.6). The versions are those of the lock files, so that one commit has one document.
 *
 * @param root the repository, with its package-lock.json
 * @throws Failure if a lock file is missing or malformed
 */
export function createSbom(root: string, ingredients: Ingredients, image: NamedImage): object {
  const { dir, name, version, contents, toolchain, crates: cargoLock } = ingredients;
  const { descriptor, repository, tag } = image;
  const lock = readNpmLock(join(root, "package-lock.json"));
  const from = relative(root, dir).split(sep).join("/");
  const bundled = contents.map((name) => npmClosure(lock, name, from).values().next().value).filter((found) => !!found);
  const crates = cargoLock ? readCargoLock(join(dir, cargoLock)) : [];
  const inside = distinct([...bundled, ...crates]);
  const tools = new Map<string, Component>();
  for (const name of toolchain) npmClosure(lock, name, from, tools);
  const around = distinct([...tools.values()]).filter(({ purl }) => !inside.some((other) => other.purl === purl));
  const short = repository.slice(repository.lastIndexOf("/") + 1);
  const about = new URLSearchParams({ repository_url: repository });
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      lifecycles: [{ phase: "build" }],
      component: {
        type: "container",
        "bom-ref": descriptor.digest,
        name: short,
        version: tag,
        purl: `pkg:oci/${short}@${encodeURIComponent(descriptor.digest)}?${about}`,
        hashes: [{ alg: "SHA-256", content: hexOf(descriptor.digest) }],
        components: [
          { type: "application", "bom-ref": `pkg:npm/${name.replace("@", "%40")}@${version}`, name, version },
        ],
      },
    },
    components: [...inside.map((part) => entry(part, "required")), ...around.map((part) => entry(part, "excluded"))],
  };
}

/** `excluded`: a tool of the build, not in the module. */
function entry({ name, version, purl, license, hash }: Component, scope: "required" | "excluded"): object {
  return {
    type: "library",
    "bom-ref": purl,
    name,
    version,
    scope,
    ...(hash && { hashes: [hash] }),
    ...(license && { licenses: [isExpression(license) ? { expression: license } : { license: { name: license } }] }),
    purl,
  };
}

function isExpression(license: string): boolean {
  return /^[\w.+() -]+$/.test(license) && !license.startsWith("SEE LICENSE");
}

function distinct(components: readonly Component[]): Component[] {
  const byPurl = new Map(components.map((part) => [part.purl, part]));
  return [...byPurl.values()].sort((a, b) => (a.purl < b.purl ? -1 : 1));
}
