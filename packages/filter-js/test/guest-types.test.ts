import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

test("the guest's own types know what a filter has, and no more", async () => {
  const tsc = path("../../../node_modules/typescript/bin/tsc");
  const { stdout } = await promisify(execFile)(process.execPath, [tsc, "-p", path("guest-types")]).catch(
    (error) => error,
  );
  expect(stdout).toBe("");
});
