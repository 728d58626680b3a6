import { chmodSync } from "node:fs";
import { delimiter } from "node:path";
import { unless } from "@wasm-header-filter/cli/testing";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { folder } from "../fixtures/folder.ts";
import { wasmModule } from "../fixtures/module.ts";
import { registryMissing, startRegistry, type TestRegistry } from "../fixtures/registry.ts";
import { createImage } from "../formats.ts";
import { parseReference } from "../reference.ts";
import type { RegistryOptions } from "./options.ts";
import { openRepository } from "./repository.ts";

const image = await createImage("compat", { module: wasmModule(), abi: "0.2.1", annotations: {} });

describe.each(["htpasswd", "token"] as const)("docker-registry with %s", unless(registryMissing), (auth) => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry({ auth, tls: true });
  });
  afterAll(() => registry?.close());

  const open = (options: RegistryOptions) => {
    const dockerConfig = options.dockerConfig ?? folder();
    return openRepository(parseReference(`${registry.host}/wasm/filter`), {
      ca: registry.ca,
      dockerConfig,
      ...options,
    });
  };

  test("credentials given", async () => {
    const repository = open({ credentials: registry.credentials });
    expect(await repository.push(image, "v1")).toEqual(image.descriptor);
    expect(await repository.pull("v1")).toEqual({ ...image, tag: "v1" });
    expect(await repository.tags()).toEqual(["v1"]);
  });

  const auths = [
    ["a plain entry", (host: string, auth: string) => ({ [host]: { auth } })],
    [
      "an older entry, a URL",
      (host: string, auth: string) => ({ "https://x.example": {}, [`https://${host}/v1/`]: { auth } }),
    ],
  ] as const;
  test.each(auths)("%s in Docker's config.json", async (_, auths) => {
    const { username, password } = registry.credentials ?? {};
    const auth = Buffer.from(`${username}:${password}`).toString("base64");
    const dockerConfig = folder({ "config.json": { auths: auths(registry.host, auth) } });
    expect(await open({ dockerConfig }).push(image, "v2")).toEqual(image.descriptor);
  });

  test.each(["credsStore", "credHelpers"])("%s in Docker's config.json", async (key) => {
    const { host, credentials = { username: "", password: "" } } = registry;
    const answer = JSON.stringify({ ServerURL: host, Username: credentials.username, Secret: credentials.password });
    const none = "echo credentials not found in native keychain; exit 1";
    const script = `#!/bin/sh\n[ "$1" = get ] && [ "$(cat)" = "${host}" ] || { ${none}; }\ncat <<'END'\n${answer}\nEND\n`;
    const dockerConfig = folder({
      "config.json":
        key === "credsStore" ? { credsStore: "test", auths: { [host]: {} } } : { credHelpers: { [host]: "test" } },
      "docker-credential-test": script,
    });
    chmodSync(`${dockerConfig}/docker-credential-test`, 0o755);
    const { PATH } = process.env;
    process.env.PATH = `${dockerConfig}${delimiter}${PATH}`;
    onTestFinished(() => {
      process.env.PATH = PATH;
    });
    expect(await open({ dockerConfig }).push(image, "v3")).toEqual(image.descriptor);
  });

  test("nobody may push", async () => {
    await expect(open({}).push(image, "v4")).rejects.toMatchObject({
      status: 401,
      code: "UNAUTHORIZED",
      message: expect.stringContaining(
        `authentication required (no credentials for ${registry.host}, see docker login`,
      ),
    });
  });

  test("wrong credentials", async () => {
    const error = await open({ credentials: { username: "me", password: "hunter2" } })
      .push(image, "v5")
      .catch((error) => error);
    expect(error).toMatchObject({ status: 401, code: "UNAUTHORIZED" });
    expect(error.message).not.toContain("hunter2");
  });

  test("an authority that is not known", async () => {
    const repository = openRepository(parseReference(`${registry.host}/wasm/filter`), { ca: "" });
    await expect(repository.tags()).rejects.toThrow(
      `${registry.host}/wasm/filter: tags: ${registry.url}: its certificate is not trusted (--ca names another authority)`,
    );
  });

  if (auth !== "token") return;

  test("an identity token in Docker's config.json", async () => {
    const auths = { [registry.host]: { auth: btoa("<token>:"), identitytoken: registry.identityToken } };
    const repository = open({ dockerConfig: folder({ "config.json": { auths } }) });
    expect(await repository.push(image, "v6")).toEqual(image.descriptor);
    expect(registry.tokenRequests?.at(-1)?.grant).toBe("refresh_token");
  });

  test("one token for each scope, for as long as it holds", async () => {
    const before = registry.tokenRequests?.length;
    const repository = open({ credentials: registry.credentials });
    await repository.push(image, "v7");
    await repository.push(image, "v8");
    await repository.pull("v7");
    await repository.tags();
    expect(registry.tokenRequests?.slice(before)).toEqual([
      { grant: "password", scopes: ["repository:wasm/filter:pull,push"] },
      { grant: "password", scopes: ["repository:wasm/filter:pull"] },
    ]);
  });

  test("anybody may pull", async () => {
    await open({ credentials: registry.credentials }).push(image, "v9");
    expect(await open({}).pull("v9")).toEqual({ ...image, tag: "v9" });
    expect(registry.tokenRequests?.at(-1)?.grant).toBe("anonymous");
  });
});
