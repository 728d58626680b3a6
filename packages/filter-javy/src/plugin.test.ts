import { appendFileSync, cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { PLUGIN_FOLDER, readPlugin, readRecord } from "./plugin.ts";
import { sourcesDigest } from "./sources.ts";

test("the plugin has the recorded digest and size", () => {
  expect(readPlugin().length).toBe(readRecord().size);
});

test("the plugin was built of these sources: after a change, run plugin:build -- --update", () => {
  expect(readRecord().sources).toBe(sourcesDigest());
});

test("the plugin was initialised by the wizer that is a dependency: after a change, run plugin:build -- --update", () => {
  const { version } = createRequire(import.meta.url)("@bytecodealliance/wizer/package.json");
  expect(readRecord().toolchain.wizer).toBe(version);
});

test.each(["Cargo.lock", "Cargo.toml", "build.sh", "before-quickjs.h", "wasi-stub.wat", "src/lib.rs"])(
  "a change of %s is a change of the sources",
  (name) => {
    const folder = copyOfPlugin();
    appendFileSync(join(folder, name), "\n");
    expect(sourcesDigest(folder)).not.toBe(sourcesDigest());
  },
);

test("a new file and a file's new name are changes of the sources; the artifact and what cargo leaves aren't", () => {
  const folder = copyOfPlugin();
  for (const name of ["target/debug", "artifact"]) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, "left"), "");
  }
  expect(sourcesDigest(folder)).toBe(sourcesDigest());
  mkdirSync(join(folder, "src/more"));
  writeFileSync(join(folder, "src/more/mod.rs"), "");
  expect(sourcesDigest(folder)).not.toBe(sourcesDigest());
  rmSync(join(folder, "src/more"), { recursive: true });
  renameSync(join(folder, "src/lib.rs"), join(folder, "src/other.rs"));
  expect(sourcesDigest(folder)).not.toBe(sourcesDigest());
});

function copyOfPlugin(): string {
  const folder = mkdtempSync(join(tmpdir(), "plugin-sources-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(PLUGIN_FOLDER, folder, { recursive: true });
  return folder;
}
