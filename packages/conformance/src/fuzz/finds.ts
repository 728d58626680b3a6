import type { Find } from "./find.ts";

/** A find as a file: modules in base64. */
export function writeKept(fuzzer: string, { seed, what, inputs }: Find<unknown>): string {
  const list = inputs.map((one) => (one instanceof Uint8Array ? Buffer.from(one).toString("base64") : one));
  return `${JSON.stringify({ fuzzer, seed, what, inputs: list }, undefined, 2)}\n`;
}
