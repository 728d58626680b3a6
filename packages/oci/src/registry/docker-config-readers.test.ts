import { type Asked, verdicts } from "@wasm-header-filter/readers";
import { expect, test } from "vitest";
import { ASKED_IMAGES, DOCKER_CONFIGS, HELPERS } from "../fixtures/docker-configs.ts";
import { type AskedConfig, type ConfigVerdict, differenceOf } from "../fixtures/read-config.ts";

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
const INPUTS: (Asked & { readonly input: AskedConfig })[] = [...configs, ...helpers];

/** What is different here, and why. */
const KNOWN = [
  {
    name: /^auths twice, /,
    why: "JSON.parse keeps the last of two equal keys, where Go joins the two objects; docker login never writes a key twice",
  },
];

test("a Docker configuration means what it means to docker/cli and to Istio's agent", async () => {
  const theirs = await verdicts<ConfigVerdict>(
    "docker-config",
    INPUTS,
    new URL("./docker-config.record.json", import.meta.url),
  );
  const differing: string[] = [];
  for (const { name, input } of INPUTS) {
    const difference = await differenceOf(input, theirs.get(name) ?? { error: "no verdict" });
    if (difference !== undefined) differing.push(`${name}: ${difference}`);
  }
  expect(differing.filter((one) => !KNOWN.some(({ name }) => name.test(one)))).toEqual([]);
  expect(KNOWN.filter(({ name }) => !differing.some((one) => name.test(one)))).toEqual([]);
  expect(Object.keys(DOCKER_CONFIGS).length).toBeGreaterThan(100);
});
