// Measures the cost of recording: `npm run bench:recording -w packages/filter-host`. The variant `as` must be built. Two hosts, one
// with and one without recording, serve the same load in turns. The ratio is taken in each turn, since a machine's speed changes.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Agent, createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { findRoot, findVariants } from "@wasm-header-filter/oci";

const ROUNDS = 9;
const REQUESTS = 4000;
const AT_ONCE = 16;

const variant = findVariants(findRoot(import.meta.dirname)).find((one) => one.variant === "as");
if (!variant) throw new Error("no variant as; run npm run build");
const main = fileURLToPath(new URL("../src/bin.ts", import.meta.url));
const upstream = createServer((_req, res) => res.end("ok")).listen(0, "127.0.0.1");
await once(upstream, "listening");
const target = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;

/** Starts a host in its own process. */
async function start(...more: string[]) {
  const child = spawn(
    process.execPath,
    [main, "serve", variant?.dist.module ?? "", "--upstream", target, "--listen", ":0", "--admin", ":0", ...more],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let output = "";
  for await (const chunk of child.stderr) {
    output += chunk;
    const url = /proxy (\S+) ->/.exec(output)?.[1];
    if (url) return { child, url, agent: new Agent({ keepAlive: true, maxSockets: AT_ONCE }) };
  }
  throw new Error(output);
}

type Running = Awaited<ReturnType<typeof start>>;

/** The CPU time that a process has used, in seconds. Linux counts it in hundredths. */
function cpu({ child }: Running): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const ask = ({ url, agent }: Running) =>
  new Promise<void>((resolve, reject) => {
    get(`${url}headers`, { agent, headers: { hello: "something", accept: "*/*" } }, (res) =>
      res.resume().on("end", resolve),
    ).on("error", reject);
  });

/**
 * Sends requests in parallel.
 *
 * @returns how many seconds they took, and the CPU time of the host
 */
async function load(host: Running) {
  const [began, used] = [performance.now(), cpu(host)];
  let left = REQUESTS;
  const client = async () => {
    while (left-- > 0) await ask(host);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  return { seconds: (performance.now() - began) / 1000, cpu: cpu(host) - used };
}

const hosts = [await start(), await start("--no-record")] as const;
for (const host of hosts) await load(host);
const ratios: { clock: number; cpu: number }[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const order = round % 2 === 0 ? hosts : ([hosts[1], hosts[0]] as const);
  const results = new Map<Running, Awaited<ReturnType<typeof load>>>();
  for (const host of order) results.set(host, await load(host));
  const [on, off] = hosts.map((host) => results.get(host)) as [
    Awaited<ReturnType<typeof load>>,
    Awaited<ReturnType<typeof load>>,
  ];
  ratios.push({ clock: off.seconds / on.seconds, cpu: on.cpu / off.cpu });
  const rate = (seconds: number) => `${Math.round(REQUESTS / seconds)}/s`;
  const each = (used: number) => `${Math.round((used / REQUESTS) * 1e6)} µs`;
  console.log(
    `${String(round + 1).padStart(2)}  recording ${rate(on.seconds)}, ${each(on.cpu)} of CPU each   not ${rate(off.seconds)}, ${each(off.cpu)}`,
  );
}
const median = (of: (one: { clock: number; cpu: number }) => number) =>
  ratios.map(of).sort((left, right) => left - right)[ratios.length >> 1] ?? 0;
console.log(`throughput with recording: ${(median(({ clock }) => clock) * 100).toFixed(1)} % of that without (median)`);
console.log(
  `CPU of the host with recording: ${(median((one) => one.cpu) * 100).toFixed(1)} % of that without (median)`,
);
for (const { child, agent } of hosts) {
  agent.destroy();
  child.kill("SIGINT");
}
upstream.closeAllConnections();
upstream.close();
