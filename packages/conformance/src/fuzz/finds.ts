import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import type { Find } from "./find.ts";
import type { Conversation } from "./input.ts";

const FOLDER = fileURLToPath(new URL("../../fuzz/finds/", import.meta.url));

/** A find that is kept as a test. */
export interface Kept {
  readonly name: string;
  readonly what: string;
  /** What was sent over sockets; empty if the find is a module. */
  readonly conversations: readonly Conversation[];
  readonly modules: readonly Uint8Array[];
}

/** A find as a file: modules in base64. */
export function writeKept(fuzzer: string, { seed, what, inputs }: Find<unknown>): string {
  const list = inputs.map((one) => (one instanceof Uint8Array ? Buffer.from(one).toString("base64") : one));
  return `${JSON.stringify({ fuzzer, seed, what, inputs: list }, undefined, 2)}\n`;
}

/** Reads the finds that are kept. */
export function readKept(): Kept[] {
  return globSync("*.json", { cwd: FOLDER })
    .sort()
    .map((file) => {
      const { what, inputs } = JSON.parse(readFileSync(FOLDER + file, "utf8")) as {
        what: string;
        inputs: (string | Conversation)[];
      };
      return {
        name: basename(file, ".json"),
        what,
        conversations: inputs.filter((one) => typeof one !== "string"),
        modules: inputs.filter((one) => typeof one === "string").map((text) => Buffer.from(text, "base64")),
      };
    });
}
