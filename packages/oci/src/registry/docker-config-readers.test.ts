import { chmodSync } from "node:fs";
import { delimiter, join } from "node:path";
import { Failure } from "@wasm-header-filter/cli";
import { type Asked, verdicts } from "@wasm-header-filter/readers";
import { expect, test } from "vitest";
import { ASKED_IMAGES, DOCKER_CONFIGS, HELPERS } from "../fixtures/docker-configs.ts";
import { folder } from "../fixtures/folder.ts";
import { parseReference } from "../reference.ts";
import { findSecret } from "./docker-config.ts";
import { endpointOf } from "./endpoint.ts";
import type { DockerConfig } from "./options.ts";
import type { Secret } from "./secret.ts";

/** The credentials, or a text that says why there are none. */
type Verdict = Secret & { readonly error?: string };

interface Input {
  readonly config: string;
  readonly secret: boolean;
  readonly image: string;
  readonly helpers?: Readonly<Record<string, string>>;
}

const images = [true, false].flatMap((secret) => ASKED_IMAGES.map((image) => ({ secret, image })));
const configs = Object.entries(DOCKER_CONFIGS).flatMap(([name, config]) =>
  images.map(({ secret, image }) => ({
    name: `${name}, ${secret ? "Secret" : "file"}, ${image}`,
    input: { config, secret, image },
  })),
);
const stored = { auths: { "r.example": { username: "file", registrytoken: "r" } } };
const helpers = Object.entries(HELPERS).flatMap(([name, script]) =>
  Object.entries({ credsStore: "test", credHelpers: { "r.example": "test" } }).map(([key, value]) => ({
    name: `${key} that ${name}`,
    input: {
      config: JSON.stringify({ ...(key === "credsStore" && stored), [key]: value }),
      secret: false,
      image: "r.example/team/filter:v1",
      helpers: { test: `#!/bin/sh\n${script}\n` },
    },
  })),
);
const INPUTS: (Asked & { readonly input: Input })[] = [...configs, ...helpers];

/** What is different here, and why. */
const KNOWN = [
  {
    name: /^auths twice, /,
    why: "JSON.parse keeps the last of two equal keys, where Go joins the two objects; docker login never writes a key twice",
  },
];

async function ours({ config, secret, image, helpers = {} }: Input): Promise<Verdict> {
  const files = Object.entries(helpers).map(([name, script]) => [`docker-credential-${name}`, script]);
  const dir = folder({ "config.json": config, ...Object.fromEntries(files) });
  for (const [name = ""] of files) chmodSync(join(dir, name), 0o755);
  const { PATH } = process.env;
  process.env.PATH = `${dir}${delimiter}${PATH}`;
  const source: string | DockerConfig = secret ? { text: config, where: "Secret a/b" } : dir;
  try {
    return (await findSecret(endpointOf(parseReference(image), {}), source)) ?? {};
  } catch (error) {
    if (error instanceof Failure) return { error: error.message };
    throw error;
  } finally {
    process.env.PATH = PATH;
  }
}

test("a Docker configuration means what it means to docker/cli and to Istio's agent", async () => {
  const theirs = await verdicts<Verdict>(
    "docker-config",
    INPUTS,
    new URL("./docker-config.record.json", import.meta.url),
  );
  const differing: string[] = [];
  for (const { name, input } of INPUTS) {
    const { error, ...found } = theirs.get(name) ?? { error: "no verdict" };
    const here = await ours(input);
    const same = error === undefined ? JSON.stringify(sorted(found)) === JSON.stringify(sorted(here)) : "error" in here;
    if (!same) differing.push(`${name}: ${JSON.stringify(theirs.get(name))}, here ${JSON.stringify(here)}`);
  }
  expect(differing.filter((one) => !KNOWN.some(({ name }) => name.test(one)))).toEqual([]);
  expect(KNOWN.filter(({ name }) => !differing.some((one) => name.test(one)))).toEqual([]);
  expect(Object.keys(DOCKER_CONFIGS).length).toBeGreaterThan(100);
});

const sorted = (secret: object): [string, unknown][] => Object.entries(secret).sort(([a], [b]) => (a < b ? -1 : 1));
