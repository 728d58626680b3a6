import { execFileSync } from "node:child_process";
import { globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

// Declarations for editors: TypeScript finds faults in AssemblyScript that are none. asc checks the sources.
const folder = join(import.meta.dirname, "..");
const output = join(folder, "dist/types");
const tsc = join(folder, "../../node_modules/typescript/bin/tsc");

rmSync(output, { recursive: true, force: true });
execFileSync(process.execPath, [tsc, "-p", join(folder, "tsconfig.types.json")], { stdio: "inherit" });
for (const path of globSync("**/*.d.ts", { cwd: output })) {
  const file = join(output, path);
  // asc takes no extensions in imports; Node's way to resolve them needs some.
  writeFileSync(file, readFileSync(file, "utf8").replace(/(?<= from "\.[^"]+)(?=";)/g, ".js"));
}
