import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unless } from "@wasm-header-filter/cli/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { folder } from "../src/fixtures/folder.ts";
import { wasmModule } from "../src/fixtures/module.ts";
import { registryMissing, startRegistry, type TestRegistry } from "../src/fixtures/registry.ts";
import { start } from "../src/fixtures/start.ts";
import { createImage } from "../src/formats.ts";
import { readLayout, writeLayout } from "../src/layout.ts";

const annotations = { "org.opencontainers.image.version": "1.0.0" };
const image = await createImage("compat", { module: wasmModule(), abi: "0.2.1", annotations });

describe("commands on docker-registry", unless(registryMissing), () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry({ auth: "token" });
  });
  afterAll(() => registry?.close());

  /** A layout, the registry's certificate, and how to be somebody there. */
  async function set() {
    const cwd = folder({ "docker/config.json": {} });
    await writeLayout(join(cwd, "dist/oci"), image, "1.0.0-as");
    writeFileSync(join(cwd, "ca.pem"), registry.ca ?? "");
    const env = { DOCKER_CONFIG: join(cwd, "docker") };
    const { username = "", password = "" } = registry.credentials ?? {};
    const login = ["--ca", "ca.pem", "--username", username, "--password-stdin"];
    return { options: { cwd, env, stdin: `${password}\n` }, login, name: `${registry.host}/wasm/filter` };
  }

  test("push, tags, inspect, pull", async () => {
    const { options, login, name } = await set();
    const pushed = await start(["push", ".", name, ...login], options);
    expect(pushed).toEqual({
      status: 0,
      stdout: `${name}:1.0.0-as\n${image.descriptor.digest}\n`,
      stderr: [image.manifest.config, ...image.manifest.layers]
        .map(({ digest, size }) => `pushed  ${digest} ${size} B\n`)
        .join(""),
    });
    const again = await start(["push", "dist/oci", `oci://${name}:as`, "--json", ...login], options);
    expect(JSON.parse(again.stdout)).toEqual({ image: `${name}:as`, ...image.descriptor });
    expect(again.stderr.match(/^exists /gm)).toHaveLength(2);

    const tags = await start(["tags", name, "--ca", "ca.pem"], options);
    expect(tags).toEqual({ status: 0, stdout: "1.0.0-as\nas\n", stderr: "" });

    const inspected = await start(["inspect", `${name}:as`, "--ca", "ca.pem", "--json"], options);
    const local = await start(["inspect", "dist/oci", "--json"], options);
    expect(JSON.parse(inspected.stdout)).toEqual([{ ...JSON.parse(local.stdout)[0], tag: "as" }]);

    const pulled = await start(["pull", `${name}@${image.descriptor.digest}`, "--ca", "ca.pem"], options);
    expect(pulled).toMatchObject({
      status: 0,
      stdout: `${name}@${image.descriptor.digest}\n${image.descriptor.digest}\n`,
    });
    const layouts = readLayout(join(options.cwd, "oci")).map(({ blobs, ...rest }) => ({
      ...rest,
      digests: [...blobs.keys()],
    }));
    const { descriptor, manifest } = image;
    const digests = [descriptor, manifest.config, ...manifest.layers].map(({ digest }) => digest);
    expect(layouts).toEqual([{ descriptor, manifest, digests }]);
  });

  test("one line for each mistake", async () => {
    const { options, login, name } = await set();
    const cases: [string[], number, string][] = [
      [["push", ".", `${name}2`, "--ca", "ca.pem"], 1, "401 UNAUTHORIZED: authentication required (no credentials for"],
      [["push", ".", `${name}@${image.descriptor.digest}`], 2, "expected no digest"],
      [["push", ".", "Upper/x"], 2, 'repository "Upper/x" is not valid'],
      [["push", "none", name], 1, "none: no such folder"],
      [["pull", `${name}:none`, "--ca", "ca.pem"], 1, "manifest none: 404 MANIFEST_UNKNOWN: manifest unknown"],
      [["pull", `${name}:as`, "-o", "."], 1, ".: is not an OCI image layout and not empty"],
      [["tags", name, "--username", "me"], 2, "--username needs --password-stdin"],
      [["tags", name, "--password-stdin"], 2, "--password-stdin needs --username"],
      [["tags", name, "--ca", "docker/config.json"], 1, "--ca docker/config.json: not a certificate in PEM"],
      [["push", ".", name, "--mount-from", "other.example/xx"], 2, "not in the registry"],
      [["tags", name, "--ca", "ca.pem", "--insecure"], 2, "cannot be used with"],
      [["tags", name], 1, "400 Bad Request: Client sent an HTTP request to an HTTPS server."],
      [["tags", "127.0.0.1:9/nothing"], 1, "tags: http://127.0.0.1:9: "],
    ];
    const ended = await Promise.all(cases.map(([args]) => start(args, options)));
    for (const [i, [args, status, reason]] of cases.entries()) {
      expect({ args, ...ended[i] }).toMatchObject({
        args,
        status,
        stdout: "",
        stderr: expect.stringContaining(reason),
      });
      expect(ended[i]?.stderr.trimEnd()).not.toContain("\n");
    }
    expect(login).not.toContain(registry.credentials?.password);
    expect(readdirSync(options.cwd).sort()).toEqual(["ca.pem", "dist", "docker"]);
  });
});
