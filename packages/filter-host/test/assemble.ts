import wabt from "wabt";
import type { ModuleCase } from "./modules.ts";

const tools = await wabt();

/** A case's bytes. */
export function assembleCase({ module, features = {}, tail = new Uint8Array() }: ModuleCase): Uint8Array {
  if (typeof module !== "string") return module;
  const parsed = tools.parseWat("case.wat", `(module ${module})`, { threads: true, tail_call: true, ...features });
  try {
    return Buffer.concat([parsed.toBinary({}).buffer, tail]);
  } finally {
    parsed.destroy();
  }
}
