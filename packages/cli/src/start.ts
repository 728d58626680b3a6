// An old Node must get as far as the check: no named import that it lacks, and no recent syntax.
import { readFileSync } from "node:fs";
import * as modules from "node:module";
import "./exit.ts";

/**
 * Starts a command, unless Node is older than its package needs: then it prints one line and sets exit status 1. What the command imports
 * is kept in Node's cache of compiled modules, if there is a folder for it.
 *
 * @param manifest the package.json of the command's package; its `engines.node` has the form `>=X.Y.Z`
 * @param main imports the command's main module
 * @param version the version of Node, by default that of this process
 */
export async function start(manifest: URL, main: () => Promise<unknown>, version = process.versions.node) {
  const { name, engines } = JSON.parse(readFileSync(manifest, "utf8"));
  const needed = engines ? engines.node.replace(">=", "") : "0";
  if (isOlder(version, needed)) {
    console.error(
      `${name}: Node ${version} is too old; expected ${needed} or newer; install a newer Node and run the command again`,
    );
    process.exitCode = 1;
    return;
  }
  modules.enableCompileCache();
  await main();
}

function isOlder(version: string, needed: string): boolean {
  const parts = (text: string) => text.split(".").map((part) => Number.parseInt(part, 10));
  const found = parts(version);
  for (const [at, wanted] of parts(needed).entries()) {
    const part = found[at] ?? 0;
    if (part !== wanted) return part < wanted;
  }
  return false;
}
