import { readFileSync } from "node:fs";
import { headerFilter } from "@wasm-header-filter/filter-js";
import { BufferType } from "@wasm-header-filter/filter-js/guest";
import { fakeHost } from "@wasm-header-filter/filter-js/testing";
import { embed } from "proxy-wasm-host";
import { expect, test } from "vitest";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

const PIECES = [
  ...["{", "}", "[", "]", ",", ":", '"', "\\", " ", "\t", "\n", "\u00a0", "\ufeff", "/", "'"],
  ...["0", "-0", "01", "1.", ".5", "1e5", "1E-5", "-", "+1", "0x10", "1_0", "1n", "NaN", "Infinity", "-Infinity"],
  ...["1e400", "1e-400", "9007199254740991.4", "9007199254740991.5", "9007199254740992", "0.99999999999999999999"],
  ...["4503599627370497.00001", "0.9999999999999999", "1e22", "123456789012345678e-17", "5e-324", "2.5e-324"],
  ...[
    "null",
    "true",
    "false",
    "tru",
    '"a"',
    '"B"',
    '"__proto__"',
    '"10"',
    '"te"',
    '":x"',
    '"\\ud800"',
    '"é"',
    '"\\u0000"',
  ],
  ...[
    '"\\x41"',
    '"\\u12"',
    '"\\u{41}"',
    '"\\\n"',
    '"\u007f"',
    '"\u2028"',
    '" x"',
    '"x\\t"',
    '"\\/"',
    '"\ud83d\ude00"',
    '"～"',
  ],
];

/** The same numbers on every run, so that a failure can be repeated. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Text like a configuration, more often wrong than not. */
function text(below: (below: number) => number): string {
  const pick = () => PIECES[below(PIECES.length)] as string;
  if (below(20) === 0) return pick();
  const value = (): string => (below(4) === 0 ? `[${Array.from({ length: below(4) }, pick).join(",")}]` : pick());
  const entries = Array.from({ length: below(5) }, () => `${below(9) ? JSON.stringify(pick()) : pick()}:${value()}`);
  const object = `{${entries.join(",")}}`;
  if (below(4) > 0) return object;
  const at = below(object.length);
  return object.slice(0, at) + pick() + object.slice(at + below(2));
}

test("QuickJS takes and refuses what Node does, for the same reasons", async () => {
  const module = readFileSync(new URL("../dist/plugin.wasm", import.meta.url));
  const lines: string[] = [];
  const host = embed({ plugins: [{ name: "filter", module }], log: ({ message }) => lines.push(message) });
  const below = chance(1);
  let last = "";
  const reasons = new Set<string>();
  for (let times = 0; times < 2000; times++) {
    const configuration = text(below);
    // The host does not pass on a configuration that has not changed.
    if (configuration === last) continue;
    const bytes = Buffer.from(configuration);
    const fake = fakeHost({ buffers: { [BufferType.PluginConfiguration]: bytes } });
    const good = headerFilter("javy", version)(fake).onConfigure(bytes.length, undefined) !== undefined;
    if (good) last = configuration;
    lines.length = 0;
    const outcome = { good: host.reconfigure("filter", bytes), line: lines[0] };
    expect(outcome, configuration).toEqual({ good, line: fake.logged[0]?.message });
    reasons.add(outcome.line?.replace(/header "(\\.|[^"])*"|\d+/g, "*") ?? "");
  }
  // The announcement, and every fault of text that is UTF-8, not an array and not too deep.
  expect(reasons.size).toBe(13);
});
