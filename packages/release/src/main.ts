#!/usr/bin/env node
import { command, run } from "@wasm-header-filter/cli";
import { findRoot } from "@wasm-header-filter/oci";
import { assemble } from "./assemble.ts";
import { prepublish } from "./prepublish.ts";

const program = command("release", "Release packages to npm and images to a registry, so that it can't half-happen.");

program
  .command("assemble")
  .description("make publish/NAME of every public package: what npm gets")
  .action(async () => {
    const packages = await assemble(findRoot());
    console.log(`publish/: ${packages.length} packages`);
  });

program
  .command("prepublish")
  .description("the hook that npm calls in each folder of publish/ before it publishes it")
  .action(() => prepublish(process.cwd()));

await run(program);
