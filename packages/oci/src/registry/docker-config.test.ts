import { chmodSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { folder } from "../fixtures/folder.ts";
import { findSecret } from "./docker-config.ts";
import type { DockerConfig } from "./options.ts";

const auth = btoa("me:a:b");
const me = { username: "me", password: "a:b" };
const find = (host: string, source?: string | DockerConfig) => findSecret({ host, repository: "x/y" }, source);

/** A folder on the PATH with one credential helper. */
function helper(script: string): string {
  const dir = folder({ "docker-credential-test": `#!/bin/sh\n${script}\n` });
  chmodSync(join(dir, "docker-credential-test"), 0o755);
  const { PATH } = process.env;
  process.env.PATH = `${dir}${delimiter}${PATH}`;
  onTestFinished(() => {
    process.env.PATH = PATH;
  });
  return dir;
}

test.each([
  ["r.example", { "r.example": { auth } }, me],
  ["r.example:5000", { "r.example": { auth: btoa("other:x") }, "http://r.example:5000/v2/": { auth } }, me],
  ["r.example", { "r.example": { username: "me", password: "a:b" } }, me],
  ["r.example", { "r.example": { auth: `${btoa("me:a:b\0\0")}` } }, me],
  [
    "r.example",
    { "r.example": { auth: btoa("<token>:"), identitytoken: "t" } },
    { username: "<token>", identityToken: "t" },
  ],
  ["r.example", { "r.example": { registrytoken: "t" } }, { registryToken: "t" }],
  ["r.example", { "r.example": {} }, undefined],
  ["r.example", { "r.example": null }, undefined],
  ["r.example", { "other.r.example": { auth } }, undefined],
  ["docker.io", { "https://index.docker.io/v1/": { auth } }, me],
  ["docker.io", { "docker.io": { auth } }, undefined],
])("%s in %j", async (host, auths, secret) => {
  expect(await find(host, folder({ "config.json": { auths } }))).toEqual(secret);
});

test("a Secret's configuration: helpers fail, as in a cluster", async () => {
  const secret = (config: object) => ({ text: JSON.stringify(config), where: "Secret a/b" });
  const auths = { "r.example": { auth } };
  expect(await find("r.example", secret({ auths, credHelpers: { "s.example": "none" } }))).toEqual(me);
  await expect(find("s.example", secret({ auths, credHelpers: { "s.example": "none" } }))).rejects.toThrow(
    'Secret a/b: credHelpers s.example is "none": Istio\'s agent has no docker-credential-none and fails',
  );
  await expect(find("r.example", secret({ auths, credsStore: "desktop" }))).rejects.toThrow(
    'Secret a/b: credsStore is "desktop": Istio\'s agent has no docker-credential-desktop and fails: "error getting credentials"; remove it and keep auths',
  );
});

test("Podman's file, where there is no config.json", async () => {
  const dir = folder({ "containers/auth.json": { auths: { "r.example": { auth } } } });
  for (const [name, value] of Object.entries({ DOCKER_CONFIG: folder(), XDG_RUNTIME_DIR: dir }))
    vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(await find("r.example")).toEqual(me);
  vi.stubEnv("REGISTRY_AUTH_FILE", join(folder({ "a.json": { auths: { "r.example": { username: "a" } } } }), "a.json"));
  expect(await find("r.example")).toEqual({ username: "a" });
});

test("no file, no auths", async () => {
  expect(await find("r.example", folder())).toBeUndefined();
  expect(await find("r.example", folder({ "config.json": {} }))).toBeUndefined();
});

test("$DOCKER_CONFIG", async () => {
  const { DOCKER_CONFIG } = process.env;
  process.env.DOCKER_CONFIG = folder({ "config.json": { auths: { "r.example": { auth } } } });
  onTestFinished(() => {
    if (DOCKER_CONFIG === undefined) delete process.env.DOCKER_CONFIG;
    else process.env.DOCKER_CONFIG = DOCKER_CONFIG;
  });
  expect(await find("r.example")).toEqual(me);
});

test("helpers are asked by the key that they know", async () => {
  helper(`cat > "$(dirname "$0")/asked"; printf '{"Username": "%s", "Secret": "s"}' "$(cat "$(dirname "$0")/asked")"`);
  const ask = (host: string, config: object) => find(host, folder({ "config.json": config }));
  const answered = (username: string) => ({ username, password: "s" });
  expect(await ask("r.example", { credsStore: "test" })).toEqual(answered("r.example/x/y"));
  expect(await ask("docker.io", { credsStore: "test" })).toEqual(answered("index.docker.io/x/y"));
  const hub = "https://index.docker.io/v1/";
  expect(await ask("docker.io", { credHelpers: { [hub]: "test" } })).toEqual(answered(hub));
  expect(await ask("r.example", { credHelpers: { "other.example": "test" } })).toBeUndefined();
});

test("a helper's identity token", async () => {
  helper(`echo '{"Username": "<token>", "Secret": "t"}'`);
  const dir = folder({ "config.json": { credsStore: "test" } });
  expect(await find("r.example", dir)).toEqual({ identityToken: "t" });
});

test("a helper that knows nothing leaves nothing but a registry token to the file", async () => {
  helper("echo 'credentials not found in native keychain'; exit 1");
  const auths = { "r.example": { auth, registrytoken: "t" }, "s.example": { auth } };
  const dir = folder({ "config.json": { credsStore: "test", auths } });
  expect(await find("r.example", dir)).toEqual({ registryToken: "t" });
  expect(await find("s.example", dir)).toBeUndefined();
});

test.each([
  ["exits with an error", { credsStore: "test" }, "echo 'keychain is locked'; exit 1", "failed: keychain is locked"],
  ["says nothing", { credsStore: "test" }, "exit 3", "failed: exit status 3"],
  ["answers something else", { credsStore: "test" }, "echo hunter2", "its answer is not JSON with Username and Secret"],
  ["isn't there", { credsStore: "none" }, "", "docker-credential-none, named in"],
  ["is a path", { credsStore: "../x" }, "", '"../x" is no credential helper\'s name'],
])("a helper that %s", async (_, config, script, reason) => {
  helper(script);
  const error = await find("r.example", folder({ "config.json": config })).catch((error) => error);
  expect(error.message).toContain(reason);
  expect(error.message).not.toContain("hunter2");
});

test.each([
  ['{"auths": hunter2', "config.json: not a JSON object"],
  ["[]", "config.json: the whole: expected an object"],
  [{ auths: { "r.example": { auth }, "s.example": "hunter2" } }, "config.json: auths s.example: expected an object"],
  [{ auths: { "r.example": { auth: btoa("hunter2") } } }, "auths r.example: auth is not USERNAME:PASSWORD in base64"],
])("a file that is malformed: %j", async (content, reason) => {
  const error = await find("r.example", folder({ "config.json": content })).catch((error) => error);
  expect(error.message).toContain(reason);
  expect(error.message).not.toContain("hunter2");
});
