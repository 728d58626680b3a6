import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Failure } from "@wasm-header-filter/cli";
import { findVariants } from "@wasm-header-filter/oci";
import type { Missing } from "../environment/python.ts";
import { findEnvoy } from "../proxies/envoy/find.ts";
import { startEnvoy } from "../proxies/envoy/start.ts";
import { request, stepThrough } from "./envoy-instructions.ts";
import { startTraffic } from "./traffic.ts";
import { NO_FILTER } from "./warm-envoy.ts";

/** By kind of request: its path. Envoy itself answers both; the filters let the first one pass without a call-out. */
const KINDS = { "no call-out": "/direct?open", "one call-out": "/direct" };
export type PeerKind = keyof typeof KINDS;

/** A worker that is stepped through takes seconds for a call-out. */
const CONFIGURATION = Buffer.from("authorization 600000 /direct?open");

const ROUNDS = 4;
/** Enough for V8 to have compiled what is hot. */
const WARM_UP = 3000;

/** What a request costs in one implementation of the filter. */
interface PeerCost {
  /** The language, the SDK and the compiler, with their versions. */
  readonly written: string;
  /** The module's size in bytes. */
  readonly size: number;
  /** CPU instructions that it adds to a request in Envoy. */
  readonly instructions: Readonly<Partial<Record<PeerKind, number>>>;
}

/** What is recorded: the same filter, written with several SDKs. */
export interface PeerCosts {
  /** Envoy's version. */
  readonly envoy: string;
  readonly filters: Readonly<Record<string, PeerCost>>;
}

/** A module that is counted. */
interface Peer {
  readonly name: string;
  readonly written: string;
  readonly module: string;
}

/** The file with what is recorded. */
const PEERS_FILE = "packages/conformance/peers/figures.json";

export function readPeers(root: string): PeerCosts {
  return JSON.parse(readFileSync(join(root, PEERS_FILE), "utf8"));
}

/**
 * Counts what a request costs in the example `ext-authz` of this repository and of other SDKs, and writes it down. It takes five minutes.
 *
 * @param root the repository's folder, built
 * @param others modules of other SDKs that are built elsewhere, as `NAME=FILE`; those that are not given stay as they were recorded
 * @returns the file
 * @throws Failure if a module isn't there or can't be built, or if the instructions can't be counted
 */
export async function recordPeers(
  root: string,
  others: readonly string[],
  tell: (line: string) => void,
): Promise<string> {
  const before = existsSync(join(root, PEERS_FILE)) ? readPeers(root).filters : {};
  const peers = [...ours(root, tell), rust(root, tell), ...others.map((other) => given(other, before))];
  const missing = peers.find(({ module }) => !existsSync(module));
  if (missing) throw new Failure(`${missing.module}: no such file, expected a built module: run npm run build`);
  const envoy = await findEnvoy();
  if ("reason" in envoy) throw new Failure(`CPU instructions can't be counted: ${envoy.reason}`);
  const counted = await count(envoy.path, peers, tell);
  if ("reason" in counted) throw new Failure(`CPU instructions can't be counted: ${counted.reason}`);
  const now = peers.map(({ name, written, module }): [string, PeerCost] => [
    name,
    { written, size: statSync(module).size, instructions: counted.instructions[name] ?? {} },
  ]);
  const all: PeerCosts = { envoy: envoy.version, filters: { ...before, ...Object.fromEntries(now) } };
  writeFileSync(join(root, PEERS_FILE), `${JSON.stringify(all, null, 2)}\n`);
  return PEERS_FILE;
}

/** The examples of this repository, built with each engine's command as for production. The one in AssemblyScript has a fixed time limit. */
function ours(root: string, tell: (line: string) => void): Peer[] {
  const target = folder(root);
  const engines = findVariants(root, "all").filter(({ dir, onDemand }) => !onDemand && "bin" in readJson(dir));
  return engines.flatMap(({ variant }) =>
    ["ext-authz", "ext-authz-async"].map((example) => {
      const module = join(target, `${variant}-${example}.wasm`);
      tell(`${variant}, ${example}: building`);
      const filter = join(root, "packages/filter-js/examples", example, "filter.ts");
      execFileSync("npx", [`filter-${variant}`, filter, "-o", module], {
        cwd: root,
        stdio: ["ignore", "ignore", "inherit"],
      });
      const how = example.endsWith("async") ? "`await`" : "a handler";
      return { name: `\`${variant}\`, ${how}`, written: `TypeScript: \`${example}\``, module };
    }),
  );
}

const readJson = (dir: string): object => JSON.parse(readFileSync(join(dir, "package.json"), "utf8"));

/** Where the modules are built. */
function folder(root: string): string {
  const target = join(root, "packages/conformance/build/peers");
  mkdirSync(target, { recursive: true });
  return target;
}

/** The filter with the Rust SDK, which is built if its sources have changed. */
function rust(root: string, tell: (line: string) => void): Peer {
  tell("rust: building");
  const sources = join(root, "packages/conformance/peers");
  const target = folder(root);
  const stdio = ["ignore", "pipe", "inherit"] as const;
  const module = execFileSync(join(sources, "build-rust.sh"), [target], { encoding: "utf8", stdio: [...stdio] }).trim();
  const lock = readFileSync(join(sources, "rust/Cargo.lock"), "utf8");
  const sdk = /name = "proxy-wasm"\nversion = "(.+)"/.exec(lock)?.[1];
  const compiler = /^rustc (\S+)/.exec(execFileSync("/usr/bin/rustc", ["--version"], { encoding: "utf8" }))?.[1];
  return { name: "Rust SDK", written: `proxy-wasm ${sdk}, rustc ${compiler}`, module };
}

function given(other: string, before: Readonly<Record<string, PeerCost>>): Peer {
  const [name = "", module = ""] = other.split("=");
  return { name, written: before[name]?.written ?? name, module };
}

async function count(
  envoy: string,
  peers: readonly Peer[],
  tell: (line: string) => void,
): Promise<{ readonly instructions: Record<string, Partial<Record<PeerKind, number>>> } | Missing> {
  const traffic = await startTraffic();
  const service = await startService();
  const modules: readonly Pick<Peer, "name" | "module">[] = [{ name: NO_FILTER, module: "" }, ...peers];
  const listeners = modules.map(({ module }, at) => ({
    name: `peer-${at}`,
    filters: module ? [{ name: `filter-${at}`, module, vmId: `peer-${at}`, configuration: CONFIGURATION }] : [],
  }));
  const clusters = new Map([["authorization", { url: service.url }]]);
  const process = await startEnvoy({ envoy, upstream: traffic.upstream, listeners, clusters });
  try {
    const requests = modules.flatMap(({ name }, at) =>
      Object.entries(KINDS).map(([kind, path]) => ({
        kind: kind as PeerKind,
        name,
        path,
        url: process.url(`peer-${at}`),
      })),
    );
    for (const { kind, name, path, url } of requests) {
      tell(`${name}: ${WARM_UP} requests, ${kind}`);
      const before = service.calls();
      await traffic.send(new URL(path, url), WARM_UP, {}, 0);
      const expected = kind === "one call-out" && name !== NO_FILTER ? WARM_UP : 0;
      const calls = service.calls() - before;
      if (calls !== expected) throw new Failure(`${name}, ${kind}: expected ${expected} call-outs, got ${calls}`);
    }
    tell("CPU instructions per request on Envoy");
    const texts = requests.map(({ url, path }) => ({ port: Number(url.port), text: request(path, {}) }));
    const counts = await stepThrough(process.pid ?? 0, texts, ROUNDS);
    if ("reason" in counts) return counts;
    const least = requests.map(({ name, kind }, at) => ({ name, kind, count: Math.min(...(counts[at] ?? [])) }));
    const plain = new Map(least.filter(({ name }) => name === NO_FILTER).map(({ kind, count }) => [kind, count]));
    const instructions: Record<string, Partial<Record<PeerKind, number>>> = {};
    for (const { name, kind, count } of least) {
      if (name === NO_FILTER) continue;
      instructions[name] = { ...instructions[name], [kind]: count - (plain.get(kind) ?? Number.NaN) };
    }
    return { instructions };
  } finally {
    await process.close();
    await traffic.close();
    await service.close();
  }
}

/** The service that the filters ask: it allows each request. */
async function startService() {
  let calls = 0;
  const server = createServer((_, response) => {
    calls++;
    response.writeHead(200, { "x-user": "ann", "content-length": 0 }).end();
  });
  // Where Envoy is stepped through, seconds pass between two requests.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    calls: () => calls,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
