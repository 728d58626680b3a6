import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

// What new projects depend on are this package's devDependencies, so that a release keeps the versions right.
const { devDependencies } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
mkdirSync(new URL("../dist/", import.meta.url), { recursive: true });
writeFileSync(new URL("../dist/versions.json", import.meta.url), `${JSON.stringify(devDependencies, undefined, 2)}\n`);
