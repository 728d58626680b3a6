import { readdirSync, readFileSync } from "node:fs";
import { Failure, oneLine } from "@wasm-header-filter/cli";
import { describe, expect, test } from "vitest";
import type { WasmPluginSpec } from "../extension.ts";
import { EVERYTHING } from "../fixtures/plugin.ts";
import { readManifests } from "../read.ts";
import { toNotedYaml } from "../yaml.ts";
import { type KindOptions, kindNamed, kinds, manifestOf } from "./list.ts";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const options: KindOptions = {
  listen: { host: "127.0.0.1", port: 0 },
  admin: { host: "127.0.0.1", port: 0 },
  upstream: new URL("http://127.0.0.1:1"),
};

const sha256 = "ab".repeat(32);

/** Every field of a WasmPlugin, with a value that changes what its proxies do. */
const FIELDS: Required<Omit<WasmPluginSpec, "url" | "sha256">> = {
  selector: { matchLabels: { app: "other" } },
  targetRefs: [{ kind: "Service", name: "s" }],
  targetRef: { kind: "Service", name: "s" },
  phase: "AUTHN",
  priority: 10,
  match: [{ mode: "SERVER" }],
  imagePullPolicy: "Always",
  imagePullSecret: "registry",
  verificationKey: "key",
  pluginConfig: { header_1: "some_value_1" },
  pluginName: "root",
  failStrategy: "FAIL_OPEN",
  vmConfig: { env: [{ name: "A", value: "1" }] },
  type: "NETWORK",
};

test("every file of this folder that is a kind is in the list, under a name of its own", async () => {
  const files = readdirSync(import.meta.dirname).filter((file) => !/^(kind|list)\.ts$|\.test\.ts$/.test(file));
  const exported = await Promise.all(
    files.map(async (file) => Object.values(await import(/* @vite-ignore */ new URL(file, import.meta.url).href))),
  );
  const listed: readonly unknown[] = kinds;
  expect(exported.map((values) => values.filter((value) => listed.includes(value)).length)).toEqual(files.map(() => 1));
  expect(new Set(kinds.map(({ name }) => name)).size).toBe(files.length);
});

describe.each(kinds.map(({ name }) => name))("%s", (name) => {
  const kind = kindNamed(name);
  const write = (spec: Partial<WasmPluginSpec>) => kind.write({ ...EVERYTHING, spec: { ...module, ...spec } }, options);
  const sources = ["oci://a.example/wasm:v1", "https://a.example/main.wasm"];
  const url = sources.find((url) => !fails(() => kind.write({ ...EVERYTHING, spec: { url, sha256 } }, options)));
  const module = { url: url ?? "", sha256 };

  test("the README has a row about it", () => {
    expect(readme).toMatch(new RegExp(`^\\| \`${name}\` \\| .+ \\| .+ \\|$`, "m"));
  });

  test.each(Object.entries(FIELDS))("%s is written, or refused by name", (field, value) => {
    const without = JSON.stringify(write({}).resource);
    const refusal = fails(() => write({ [field]: value }));
    if (refusal) expect(refusal).toContain(field);
    else expect(JSON.stringify(write({ [field]: value }).resource)).not.toBe(without);
  });

  test("comments say what happens if the module is missing, refuses its configuration, or crashes", () => {
    const { pluginConfig, failStrategy } = FIELDS;
    const comments = toNotedYaml([write({ pluginConfig, failStrategy })]).replace(/^(?! *#).*\n/gm, "");
    expect(comments).toMatch(/If the pull fails|If the download fails/);
    expect(comments).toContain("If the module refuses this");
    expect(comments).toContain("If the module crashes");
  });

  test("its resource is read back as it was written", () => {
    const { resource } = write({});
    const text = toNotedYaml([manifestOf(name, { ...EVERYTHING, spec: module }, options)]);
    if (kind.resource) {
      expect(readManifests(text, "x.yaml")).toMatchObject({ [kind.resource.plural]: [resource], others: [] });
      expect(kind.resource.faults({ ...resource, spec: "no mapping" } as never)).not.toEqual([]);
    } else expect(resource).not.toHaveProperty("kind");
  });

  test("its folder has a file with each manifest's text", () => {
    const files = kind.target.folder(
      [
        { name: "as", text: "a" },
        { name: "jco", text: "b" },
      ],
      "ns",
    );
    const paths = ["a", "b"].map((text) => Object.keys(files).find((path) => files[path] === text));
    expect(paths).toEqual([expect.stringContaining("as"), expect.stringContaining("jco")]);
  });
});

/** The reason of a Failure, if an action ends with one. */
function fails(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return oneLine(error);
    throw error;
  }
}
