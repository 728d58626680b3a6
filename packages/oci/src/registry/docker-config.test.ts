import { chmodSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { folder } from "../fixtures/folder.ts";
import { findSecret } from "./docker-config.ts";

const auth = btoa("me:a:b");
const me = { kind: "password", username: "me", password: "a:b" };

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
  ["r.example", { "r.example": { auth: btoa("<token>:"), identitytoken: "t" } }, { kind: "identity", token: "t" }],
  ["r.example", { "r.example": { registrytoken: "t" } }, { kind: "bearer", token: "t" }],
  ["r.example", { "r.example": {} }, undefined],
  ["r.example", { "r.example": null }, undefined],
  ["r.example", { "other.r.example": { auth } }, undefined],
  ["docker.io", { "https://index.docker.io/v1/": { auth } }, me],
  ["docker.io", { "docker.io": { auth } }, me],
])("%s in %j", async (host, auths, secret) => {
  expect(await findSecret(host, folder({ "config.json": { auths } }))).toEqual(secret);
});

test("what a config.json holds, in place of its folder; helpers are not run", async () => {
  const config = { auths: { "r.example": { auth } }, credsStore: "none", credHelpers: { "r.example": "none" } };
  expect(await findSecret("r.example", config)).toEqual(me);
  expect(await findSecret("s.example", config)).toBeUndefined();
});

test("no file, no auths", async () => {
  expect(await findSecret("r.example", folder())).toBeUndefined();
  expect(await findSecret("r.example", folder({ "config.json": {} }))).toBeUndefined();
});

test("$DOCKER_CONFIG", async () => {
  const { DOCKER_CONFIG } = process.env;
  process.env.DOCKER_CONFIG = folder({ "config.json": { auths: { "r.example": { auth } } } });
  onTestFinished(() => {
    if (DOCKER_CONFIG === undefined) delete process.env.DOCKER_CONFIG;
    else process.env.DOCKER_CONFIG = DOCKER_CONFIG;
  });
  expect(await findSecret("r.example")).toEqual(me);
});

test("helpers are asked by the key that they know", async () => {
  helper(`cat > "$(dirname "$0")/asked"; printf '{"Username": "%s", "Secret": "s"}' "$(cat "$(dirname "$0")/asked")"`);
  const ask = (host: string, config: object) => findSecret(host, folder({ "config.json": config }));
  const answered = (username: string) => ({ kind: "password", username, password: "s" });
  expect(await ask("r.example", { credsStore: "test" })).toEqual(answered("r.example"));
  expect(await ask("docker.io", { credsStore: "test" })).toEqual(answered("https://index.docker.io/v1/"));
  expect(await ask("docker.io", { credHelpers: { "docker.io": "test" } })).toEqual(answered("docker.io"));
  expect(await ask("r.example", { credHelpers: { "other.example": "test" } })).toBeUndefined();
});

test("a helper's identity token", async () => {
  helper(`echo '{"Username": "<token>", "Secret": "t"}'`);
  const dir = folder({ "config.json": { credsStore: "test" } });
  expect(await findSecret("r.example", dir)).toEqual({ kind: "identity", token: "t" });
});

test("a helper that knows nothing leaves it to the file", async () => {
  helper("echo 'credentials not found in native keychain'; exit 1");
  const auths = { "r.example": { auth } };
  expect(await findSecret("r.example", folder({ "config.json": { credsStore: "test", auths } }))).toEqual(me);
});

test.each([
  ["exits with an error", { credsStore: "test" }, "echo 'keychain is locked'; exit 1", "failed: keychain is locked"],
  ["says nothing", { credsStore: "test" }, "exit 3", "failed: exit status 3"],
  ["answers something else", { credsStore: "test" }, "echo hunter2", "its answer is not JSON"],
  ["isn't there", { credsStore: "none" }, "", "docker-credential-none, named in"],
  ["is a path", { credsStore: "../x" }, "", '"../x" is no credential helper\'s name'],
])("a helper that %s", async (_, config, script, reason) => {
  helper(script);
  const error = await findSecret("r.example", folder({ "config.json": config })).catch((error) => error);
  expect(error.message).toContain(reason);
  expect(error.message).not.toContain("hunter2");
});

test.each([
  ['{"auths": hunter2', "config.json: not a JSON object"],
  ["null", "config.json: not a JSON object"],
  [{ auths: { "r.example": { auth: btoa("hunter2") } } }, "auths r.example: auth is not USERNAME:PASSWORD in base64"],
])("a file that is malformed: %j", async (content, reason) => {
  const error = await findSecret("r.example", folder({ "config.json": content })).catch((error) => error);
  expect(error.message).toContain(reason);
  expect(error.message).not.toContain("hunter2");
});
