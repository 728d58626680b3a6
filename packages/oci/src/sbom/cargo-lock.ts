import { Failure, readInput } from "@wasm-header-filter/cli";
import { parse } from "smol-toml";
import type { Component } from "./component.ts";

/**
 * Reads a Cargo.lock.
 *
 * @returns its crates, those of the workspace itself left out
 * @throws Failure if there is none, or it is malformed
 */
export function readCargoLock(path: string): Component[] {
  const text = readInput(path, "lock file").toString();
  try {
    const { package: crates } = parse(text) as unknown as { package: Record<string, string>[] };
    return crates.flatMap(({ name = "", version = "", checksum }) =>
      checksum === undefined
        ? []
        : [
            {
              name,
              version,
              purl: `pkg:cargo/${name}@${version}`,
              hash: { alg: "SHA-256", content: checksum } as const,
            },
          ],
    );
  } catch (cause) {
    throw new Failure(`${path}: not a Cargo.lock`, { cause });
  }
}
