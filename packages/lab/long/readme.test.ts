import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { startHost } from "@wasm-header-filter/filter-host";
import {
  attach,
  createSbom,
  findRoot,
  imageTag,
  openRepository,
  parseReference,
  provenanceClaim,
  readSigner,
  readVariant,
  sbomClaim,
  testResultClaim,
} from "@wasm-header-filter/oci";
import { registryMissing, startRegistry } from "@wasm-header-filter/oci/testing";
import { assemble } from "proxy-wasm-host/testing";
import { expect, onTestFinished, test } from "vitest";
import { runningCommand } from "../src/fixtures/running-command.ts";
import { type Mask, shownOutput } from "../src/fixtures/shown-output.ts";

// `npx vitest run --mode all packages/lab/long/readme.test.ts --update` writes this run's output into the documents.

const root = findRoot(import.meta.dirname);
const REGISTRY = "registry.example";

/** A module that Envoy does not load: it has no allocator, imports a function that Envoy lacks, and misspells a callback. */
const BROKEN = `(module
  (import "env" "abort" (func (param i32 i32 i32 i32)))
  (memory (export "memory") 1)
  (func (export "proxy_abi_version_0_2_1"))
  (func (export "proxy_on_request_header") (param i32 i32 i32) (result i32) (i32.const 0)))`;

/** Has two mistakes: its sha256 is that of the module, and the proxy manages the header `te`. */
const MANIFEST = `apiVersion: extensions.istio.io/v1alpha1
kind: WasmPlugin
metadata: { name: wasm-example, namespace: default }
spec:
  selector: { matchLabels: { app: httpbin } }
  url: oci://registry.example/wasm-header-filter:0.1.0-as
  sha256: MODULE
  pluginConfig: { te: trailers }
`;

/** Runs a command line of a document, and gives what a terminal would show. */
async function output(line: string, cwd: string, env: Record<string, string> = {}): Promise<string> {
  const path = `${join(root, "node_modules/.bin")}:${process.env.PATH}`;
  const child = spawn("bash", ["-c", `exec 2>&1; ${line}`], { cwd, env: { ...process.env, ...env, PATH: path } });
  const [shown] = await Promise.all([text(child.stdout), once(child, "close")]);
  return shown;
}

function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), "readme-"));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  return dir;
}

/** A variant, and a folder like its own in which it is compiled but not packed. */
function compiledVariant() {
  const variant = readVariant(join(root, "packages/filter-as")) ?? expect.unreachable("filter-as is a variant");
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, "build"));
  const [own, { repository }] = [variant.dir, root].map((dir) =>
    JSON.parse(readFileSync(join(dir, "package.json"), "utf8")),
  );
  writeFileSync(join(cwd, "package.json"), JSON.stringify({ ...own, repository }));
  cpSync(variant.dist.module, join(cwd, "build/plugin.wasm"));
  cpSync(`${variant.dist.module}.map`, join(cwd, "build/plugin.wasm.map"));
  symlinkSync(join(root, "node_modules"), join(cwd, "node_modules"));
  return { variant, cwd };
}

test("manifests/README.md shows what its commands print", async () => {
  const path = join(root, "packages/manifests/README.md");
  const { document, commands } = await shownOutput(path, (line) => output(line, join(path, "..")), []);
  expect(commands.length).toBeGreaterThan(3);
  await expect(document).toMatchFileSnapshot(path);
});

test("README.md shows what npm start prints", async () => {
  const masks: Mask[] = [
    { pattern: /(?<=< date: ).*/, reason: "the time" },
    { pattern: /(?<=x-envoy-upstream-service-time: )\d+/, reason: "a duration" },
    { pattern: /(?<="X-Request-Id": ")[^"]+/, reason: "random" },
    { pattern: /(?<=content-length: )\d+/, reason: "the body holds the port" },
  ];
  const run = async (line: string) => {
    if (line !== "npm start -- --once") return undefined;
    const shown = await output("lab --once --listen 127.0.0.1:0 --admin 127.0.0.1:0", root);
    const [, listen, admin] = /on http:\/\/(\S+), statistics on http:\/\/(\S+),/.exec(shown) ?? [];
    if (!listen || !admin) return shown;
    return shown.replaceAll(listen, "127.0.0.1:8000").replaceAll(admin, "127.0.0.1:15000");
  };
  const path = join(root, "README.md");
  const { document, commands } = await shownOutput(path, run, masks);
  expect(commands).toEqual(["npm start -- --once"]);
  await expect(document).toMatchFileSnapshot(path);
});

test("oci/README.md shows what its commands print", async ({ skip }) => {
  if (registryMissing) skip(registryMissing);
  const registry = await startRegistry();
  onTestFinished(() => registry.close());
  const { variant, cwd } = compiledVariant();
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  writeFileSync(join(cwd, "ours.key"), privateKey.export({ format: "pem", type: "pkcs8" }));
  writeFileSync(join(cwd, "ours.pub"), publicKey.export({ format: "pem", type: "spki" }));
  cpSync(join(cwd, "build/plugin.wasm"), join(cwd, "filter.wasm"));

  /** Attaches what a release does: the example of `oci verify` is an image that was released. */
  const attachEvidence = async () => {
    const reference = parseReference(`${registry.host}/wasm-header-filter:as`);
    const repository = openRepository(reference);
    const image = (await repository.resolve("as")) ?? expect.unreachable("the README has pushed it");
    const name = `${registry.host}/wasm-header-filter`;
    const builder = "https://github.com/example/filter/.github/workflows/release.yml";
    const source = "https://github.com/example/filter.git";
    const claims = [
      sbomClaim(
        createSbom(root, variant, { descriptor: image, repository: name, tag: imageTag(variant.version, "as") }),
      ),
      provenanceClaim({ variant: "as", source, commit: "0".repeat(40), builder, toolchain: {} }),
      testResultClaim({ module: "0".repeat(64), passed: ["host: the lab"], failed: [], excused: [] }),
    ];
    await attach(repository, image, { name, claims, signer: readSigner(join(cwd, "ours.key"), undefined) });
  };
  const run = async (line: string) => {
    if (line.startsWith("oci verify")) await attachEvidence();
    const shown = await output(line.replaceAll(REGISTRY, registry.host), cwd, { DOCKER_CONFIG: cwd });
    return shown.replaceAll(registry.host, REGISTRY);
  };
  const masks: Mask[] = [{ pattern: /(?<=conformance PASSED, )\d+/, reason: "a release runs the whole contract" }];
  const path = join(root, "packages/oci/README.md");
  const { document, commands } = await shownOutput(path, run, masks);
  expect(commands.length).toBeGreaterThan(7);
  await expect(document).toMatchFileSnapshot(path);
});

test("filter-host/README.md shows what its commands print", async () => {
  const path = join(root, "packages/filter-host/README.md");
  const variant = readVariant(join(root, "packages/filter-as")) ?? expect.unreachable("filter-as is a variant");
  const cwd = temporaryFolder();
  cpSync(join(variant.dir, "dist"), join(cwd, "dist"), { recursive: true });
  const manifest = /^```yaml\n(apiVersion.*?)^```$/ms.exec(readFileSync(path, "utf8"))?.[1] ?? "";
  const save = (text: string) => writeFileSync(join(cwd, "plugin.yaml"), text);
  save(manifest);
  const upstream = createServer((_, response) => response.end()).listen(0, "127.0.0.1");
  onTestFinished(() => void upstream.close());
  await once(upstream, "listening");
  const { port } = upstream.address() as AddressInfo;
  const registry = createServer((_, response) => response.writeHead(404).end()).listen(0, "127.0.0.1");
  onTestFinished(() => void registry.close());
  await once(registry, "listening");
  const images = `127.0.0.1:${(registry.address() as AddressInfo).port}`;

  /** Starts a proxy on free ports; what it prints has the ports of the document. */
  const start = async (line: string) => {
    const ports = "--listen 127.0.0.1:0 --admin 127.0.0.1:0";
    const command = `${line.replace(":8080", `:${port}`)} ${ports}`;
    const running = runningCommand(command, cwd, join(root, "node_modules/.bin"));
    const [, proxy = "", admin = ""] = await running.until(/^proxy (\S+) -> \S+, admin ([^,\s]+),/m);
    const printed = () =>
      running
        .printed()
        .replaceAll(proxy, "http://127.0.0.1:8000/")
        .replaceAll(admin, "http://127.0.0.1:15000/")
        .replaceAll(String(port), "8080")
        .replaceAll(images, REGISTRY);
    return { ...running, proxy, admin, printed };
  };
  let statistics = "";
  const serve = async (line: string) => {
    const { proxy, admin, until, printed, stop } = await start(line);
    const headers = { "user-agent": "curl/8.0.0", accept: "*/*", hello: "something" };
    const [response] = await once(get(new URL("/headers", proxy), { headers, agent: false }), "response");
    response.resume();
    await until(/^plugin --> proxy_on_delete\(context=2\)\nplugin <--\n/m);
    statistics = await (await fetch(new URL("/stats/prometheus", admin))).text();
    const shown = printed();
    await stop();
    return shown.slice(shown.search(/^proxy /m));
  };
  const apply = async (line: string) => {
    save(manifest.replaceAll(REGISTRY, images));
    const { until, printed, stop } = await start(`${line} --no-cache --insecure`);
    const edited = manifest.replaceAll(REGISTRY, images).replace(/^ {2}match:.*?(?=^ {2}wasm:)/ms, "");
    save(edited);
    await until(/^2 .*\n/m);
    save(edited.replace("AUTHN", "authn"));
    await until(/stay in effect\n/);
    await stop();
    return printed();
  };
  const run = async (line: string) => {
    if (line.startsWith("filter-host serve")) return serve(line);
    if (line.startsWith("filter-host apply")) return apply(line);
    return line === "curl -s localhost:15000/stats/prometheus" ? statistics : undefined;
  };
  const masks: Mask[] = [{ pattern: /^\d{4}-\d\d-\d\dT[\d:.]+Z/gm, reason: "the time" }];
  const { document, commands } = await shownOutput(path, run, masks);
  expect(commands).toHaveLength(3);
  await expect(document).toMatchFileSnapshot(path);
});

test("doctor/README.md shows what its commands and its example print", async () => {
  const path = join(root, "packages/doctor/README.md");
  const { cwd } = compiledVariant();
  await output("oci pack build/plugin.wasm", cwd);
  writeFileSync(join(cwd, "broken.wasm"), assemble(BROKEN));
  for (const name of ["authorize.wasm", "rate-limit.wasm"]) {
    cpSync(join(root, "packages/proxy-wasm-as/dist/examples", name), join(cwd, name));
  }
  const example = /^```ts\n(.*?)^```/ms.exec(readFileSync(path, "utf8"))?.[1];
  writeFileSync(join(cwd, "example.ts"), example ?? expect.unreachable("the README has an example"));
  const { module } = JSON.parse(readFileSync(join(cwd, "dist/plugin.json"), "utf8"));
  writeFileSync(join(cwd, "plugin.yaml"), MANIFEST.replace("MODULE", module.sha256));
  const { document, commands } = await shownOutput(path, (line) => output(line, cwd), []);
  expect(commands).toHaveLength(8);
  await expect(document).toMatchFileSnapshot(path);
});

test("flight-recorder/README.md shows what its commands print", async () => {
  const path = join(root, "packages/flight-recorder/README.md");
  const { variant, cwd } = compiledVariant();
  const upstream = createServer((_request, response) => response.end("ok")).listen(0, "127.0.0.1");
  onTestFinished(() => void upstream.close());
  await once(upstream, "listening");
  const host = await startHost({
    plugins: [
      { name: "as", module: readFileSync(variant.dist.module), configuration: Buffer.from('{"header_1":"1"}') },
    ],
    upstream: new URL(`http://127.0.0.1:${(upstream.address() as AddressInfo).port}`),
    admin: { host: "127.0.0.1", port: 0 },
  });
  onTestFinished(() => host.close());
  for (let count = 0; count < 100; count++) await (await fetch(host.url)).text();
  const run = (line: string) => output(line.includes("--from") ? line : `${line} --admin ${host.adminUrl}`, cwd);
  const { document, commands } = await shownOutput(path, run, []);
  expect(commands).toHaveLength(3);
  await expect(document).toMatchFileSnapshot(path);
});
