import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { componentize } from "./componentize.ts";
import { lower } from "./lower.ts";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
await mkdir(path("../build"), { recursive: true });
const component = await componentize(path("../guest/header-filter.ts"), path("../build"));
await writeFile(path("../build/plugin.wasm"), await lower(component));
