import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import type { Example } from "./example.ts";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const filterJs = fileURLToPath(new URL("../../filter-js/", import.meta.url));
const manifestOf = (dir: string) => JSON.parse(readFileSync(join(dir, "package.json"), "utf8"));
const write = (file: string, value: unknown) =>
  writeFileSync(join(dist, file), `${JSON.stringify(value, undefined, 2)}\n`);

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
// What new projects depend on are this package's devDependencies, so that a release keeps the versions right.
write("versions.json", manifestOf(fileURLToPath(new URL("..", import.meta.url))).devDependencies);

// An example with a README is a filter that people may start from, if a WasmPlugin can configure it; the others show one thing to tests.
const { devDependencies } = manifestOf(filterJs);
const examples: Record<string, Example> = {};
for (const readme of globSync("examples/*/README.md", { cwd: filterJs }).sort()) {
  const dir = join(filterJs, dirname(readme));
  const name = basename(dir);
  const sources = globSync("*.ts", { cwd: dir }).map((file) => readFileSync(join(dir, file), "utf8"));
  const imported = new Set(
    sources.flatMap((text) => [...text.matchAll(/from "([^".][^"]*)"/g)].map(([, from = ""]) => from)),
  );
  const packages = Object.keys(devDependencies).filter((one) => imported.has(one));
  const { cases } = parse(readFileSync(join(dir, "cases.yaml"), "utf8")) as {
    cases: readonly { configuration?: { text?: string; json?: unknown } }[];
  };
  const { json, text } = cases[0]?.configuration ?? {};
  // A WasmPlugin's pluginConfig is an object.
  if (text !== undefined) continue;
  cpSync(dir, join(dist, "examples", name), { recursive: true });
  examples[name] = {
    about: /\n\n(.*?)(?:\.\s|:\n)/s.exec(readFileSync(join(dir, "README.md"), "utf8"))?.[1] ?? name,
    dependencies: Object.fromEntries(packages.map((one) => [one, devDependencies[one]])),
    configuration: json,
  };
}
write("examples.json", examples);
