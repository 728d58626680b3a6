import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { unless } from "@wasm-header-filter/cli/testing";
import { embed } from "@wasm-header-filter/filter-host";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../../src/environment/temporary.ts";
import { findEnvoy, startEnvoy } from "../../src/index.ts";
import { type Probe, probes } from "./probes.ts";

/** Whether a host loaded a module, and the lines that it logged. */
interface Seen {
  readonly loads: boolean;
  readonly lines: readonly string[];
}

const all = probes();
const envoy = await findEnvoy();
const missing = "reason" in envoy ? envoy.reason : undefined;
const path = "path" in envoy ? envoy.path : "";
const folder = temporaryFolder("host-calls");
afterAll(() => folder.remove());

/** What Envoy does with the modules: one process with a listener for each. */
async function onEnvoy(): Promise<Map<Probe, Seen>> {
  const listeners = all.map(({ id, module }) => {
    const file = join(folder.path, `${id}.wasm`);
    writeFileSync(file, module);
    return { name: id, filters: [{ name: id, module: file }] };
  });
  const running = await startEnvoy({ envoy: path, listeners, upstream: new URL("http://127.0.0.1:9") });
  try {
    const loads = new Map<Probe, boolean>();
    for (const one of all) {
      const { status } = await fetch(new URL("direct", running.url(one.id)));
      loads.set(one, status !== 500);
    }
    const log = running.log().map(({ text }) => text);
    return new Map(all.map((one) => [one, { loads: loads.get(one) === true, lines: linesOf(one, log) }]));
  } finally {
    await running.close();
  }
}

/** What filter-host does with a module. */
function onHost(one: Probe): Seen {
  const log: string[] = [];
  const host = embed({ plugins: [{ name: "p", module: one.module }], log: ({ message }) => log.push(message) });
  const stream = host.openStream();
  stream.request({
    headers: [
      [":method", "GET"],
      [":path", "/direct"],
      [":authority", "h"],
      [":scheme", "http"],
    ],
  });
  stream.end();
  const loads = host.plugins[0]?.state !== "refused";
  host.close();
  return { loads, lines: linesOf(one, log) };
}

/** What a sweep logs of one function in one phase, without its mark. */
const RESULTS = /^ \w+ \w+\.\w+( [0-9a-f]+(:[0-9a-f]+)?)+$/;

/** The different lines of a module, without what comes before its mark. */
const linesOf = ({ mark }: Probe, log: readonly string[]): string[] => [
  ...new Set(
    log
      .filter((text) => text.includes(mark))
      .map((text) => text.slice(text.indexOf(mark) + mark.length))
      .filter((text) => RESULTS.test(text)),
  ),
];

describe("calls of host functions on Envoy", unless(missing), () => {
  let found: Map<Probe, Seen>;
  beforeAll(async () => {
    found = await onEnvoy();
  });

  test.each(all.map((one) => [one.name, one] as const))("%s", (_, one) => {
    const seen = found.get(one);
    expect([seen?.loads, seen?.lines.length]).toEqual([one.loads, one.loads ? one.lines : 0]);
    expect(onHost(one)).toEqual(seen);
  });
});
