import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One file of test262. */
export interface Test {
  /** Its path below `test/built-ins`. */
  readonly name: string;
  /** For `filter.ts`: the harness and the test. */
  readonly script: string;
  readonly features: readonly string[];
  readonly asynchronous: boolean;
  /** The name of the error that it has to end with. */
  readonly negative?: string;
}

/** Comes between scripts that are run one after the other. */
const THEN = "\n// then\n";

/** What a host adds to the global object for the tests. There is one realm only. */
const HOST = `var $262 = {
  global: globalThis,
  evalScript(text) { return (0, eval)(text); },
  detachArrayBuffer(buffer) { buffer.transfer(); },
  createRealm() { throw new Error("there is no other realm"); },
  gc() { throw new Error("there is no gc"); },
};\n`;

/**
 * Reads tests.
 *
 * @param checkout the folder of a checkout of test262
 * @param folders names of folders below `test/built-ins`
 * @returns the tests, sorted by name; each is run once, in strict mode only if it asks for that
 */
export function* readTests(checkout: string, folders: readonly string[]): Generator<Test> {
  const harness = new Map<string, string>();
  const include = (name: string): string => {
    const text = harness.get(name) ?? readFileSync(join(checkout, "harness", name), "utf8");
    harness.set(name, text);
    return text;
  };
  const root = join(checkout, "test/built-ins");
  for (const folder of folders) {
    for (const name of globSync(`${folder}/**/*.js`, { cwd: root }).sort()) {
      const source = readFileSync(join(root, name), "utf8");
      const about = /\/\*---([\s\S]*?)---\*\//.exec(source)?.[1] ?? "";
      const flags = list(about, "flags");
      if (flags.includes("module") || name.includes("_FIXTURE")) continue;
      const asynchronous = flags.includes("async");
      const files = [
        "assert.js",
        "sta.js",
        ...(asynchronous ? ["doneprintHandle.js"] : []),
        ...list(about, "includes"),
      ];
      const negative = /^negative:[\s\S]*?^\s+type: (\w+)/m.exec(about)?.[1];
      const prepared = flags.includes("raw") ? "" : [HOST, ...files.map(include)].join("\n");
      yield {
        name,
        // The harness has to be global code that isn't strict.
        script: flags.includes("onlyStrict") ? `${prepared}${THEN}"use strict";\n${source}` : `${prepared}\n${source}`,
        features: list(about, "features"),
        asynchronous,
        ...(negative && { negative }),
      };
    }
  }
}

/** A list in a test's front matter, in either form of YAML. */
function list(about: string, key: string): string[] {
  const flow = new RegExp(`^${key}: *\\[([^\\]]*)\\]`, "m").exec(about)?.[1];
  const block = new RegExp(`^${key}: *\\n((?: +- .*\\n?)+)`, "m").exec(about)?.[1];
  return (flow?.split(",") ?? block?.split("\n") ?? []).map((item) => item.replace(/^ *- /, "").trim()).filter(Boolean);
}

/**
 * Judges what a test logged.
 *
 * @returns undefined if it passed, else what went wrong
 */
export function fault({ asynchronous, negative }: Test, lines: readonly string[]): string | undefined {
  const ended = lines.find((line) => /^Test262:(End|Threw|Trapped)/.test(line)) ?? "it did not run";
  if (negative) return ended.startsWith(`Test262:Threw:${negative}:`) ? undefined : `no ${negative}, but ${ended}`;
  if (ended !== "Test262:End") return ended.replace(/^Test262:(Threw:)?/, "");
  if (!asynchronous || lines.includes("Test262:AsyncTestComplete")) return undefined;
  return lines.find((line) => line.startsWith("Test262:AsyncTestFailure:"))?.slice(25) ?? "it did not call $DONE";
}
