import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ANSWERS } from "../../examples/web-apis/answers.ts";
import { atob as ownAtob, btoa as ownBtoa } from "./base64.ts";
import { makeConsole } from "./console.ts";
import { performance as ownPerformance } from "./performance.ts";
import { makeRandom } from "./random.ts";
import { structuredClone as ownStructuredClone } from "./structured-clone.ts";
import { TextDecoder as OwnTextDecoder } from "./text-decoder.ts";
import { TextEncoder as OwnTextEncoder } from "./text-encoder.ts";

/** The same numbers on every run. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** What a function gives, or the name of what it throws. */
function outcome(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return (error as Error).name;
  }
}

/** Bytes that are often at a boundary of UTF-8. */
const BYTES = [
  0x00, 0x61, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbb, 0xbf, 0xc1, 0xc2, 0xdf, 0xe0, 0xe2, 0xed, 0xef, 0xf0, 0xf4,
  0xf5, 0xff,
];

test("text is decoded as Node decodes it, whole and in pieces", () => {
  const below = chance(1);
  for (let times = 0; times < 20_000; times++) {
    const options = { fatal: below(2) === 0, ignoreBOM: below(2) === 0 };
    const pieces = Array.from({ length: 1 + below(3) }, () =>
      Uint8Array.from({ length: below(5) }, () => BYTES[below(BYTES.length)] as number),
    );
    const decoded = (Decoder: typeof OwnTextDecoder | typeof TextDecoder) => {
      const decoder = new Decoder("utf-8", options);
      return pieces.map((piece, at) => outcome(() => decoder.decode(piece, { stream: at < pieces.length - 1 })));
    };
    expect(decoded(OwnTextDecoder), JSON.stringify([options, ...pieces.map((piece) => [...piece])])).toEqual(
      decoded(TextDecoder),
    );
  }
  expect(() => new OwnTextDecoder("utf-16le")).toThrow("The encoding utf-16le is not supported: a filter has utf-8");
});

test("long text is decoded, and text is encoded, as Node does it", () => {
  const text = "a\u00e9\u20ac\ud83d\ude00".repeat(5000);
  const bytes = new TextEncoder().encode(text);
  expect(new OwnTextDecoder().decode(bytes)).toBe(text);
  expect(new OwnTextDecoder().decode(bytes.buffer)).toBe(text);
  const below = chance(2);
  for (let times = 0; times < 2000; times++) {
    const units = Array.from({ length: below(6) }, () => [0x61, 0xe9, 0x20ac, 0xd83d, 0xde00][below(5)] as number);
    const some = String.fromCharCode(...units);
    expect([...new OwnTextEncoder().encode(some)]).toEqual([...new TextEncoder().encode(some)]);
    const [own, node] = [new Uint8Array(below(8)), new Uint8Array(8)];
    const target = node.subarray(0, own.length);
    expect(new OwnTextEncoder().encodeInto(some, own)).toEqual(new TextEncoder().encodeInto(some, target));
    expect(own).toEqual(target);
  }
});

test("base64 is read and written as Node does it", () => {
  const below = chance(3);
  for (let times = 0; times < 5000; times++) {
    const text = String.fromCharCode(...Array.from({ length: below(7) }, () => below(times % 10 === 0 ? 300 : 256)));
    expect(outcome(() => ownBtoa(text))).toBe(outcome(() => btoa(text)));
    const given = Array.from({ length: below(8) }, () => "AZaz09+/= \n-"[below(12)]).join("");
    expect(
      outcome(() => ownAtob(given)),
      given,
    ).toBe(outcome(() => atob(given)));
  }
});

test("values are cloned as Node clones them", () => {
  const cycle: { list: unknown[]; self?: unknown } = { list: [1, -0, undefined, null, 2n, "a", Number.NaN] };
  cycle.self = cycle;
  const values = [
    cycle,
    new Map<unknown, unknown>([[{ a: 1 }, new Set([1, [2]])]]),
    [new Date(1), /a+/gi, new RangeError("b"), Uint16Array.of(1, 2), Uint8Array.of(3).buffer],
    { __proto__: null, a: Object("b") },
  ];
  for (const value of values) expect(ownStructuredClone(value)).toEqual(structuredClone(value));
  for (const value of [() => 1, Symbol("a"), { f() {} }]) {
    expect(outcome(() => ownStructuredClone(value))).toBe("DataCloneError");
    expect(outcome(() => structuredClone(value))).toBe("DataCloneError");
  }
});

test("random numbers are the host's, and are refused as Node refuses them", () => {
  let word = 0;
  const own = makeRandom(() => ++word);
  expect([...own.getRandomValues(new Uint8Array(6))]).toEqual([1, 0, 0, 0, 2, 0]);
  expect(own.getRandomValues(new Uint8Array(8).subarray(4)).length).toBe(4);
  expect(own.randomUUID()).toBe("04000000-0500-4000-8600-000007000000");
  const arrays = [new Float64Array(1), new DataView(new ArrayBuffer(1)), new Uint8Array(65_537), new BigInt64Array(1)];
  const kind = (work: () => unknown) => (typeof outcome(work) === "string" ? outcome(work) : "filled");
  for (const array of arrays as never[])
    expect(kind(() => own.getRandomValues(array))).toBe(kind(() => crypto.getRandomValues(array)));
});

test("the console logs by level, and the clock doesn't go back", () => {
  const logged: unknown[] = [];
  const own = makeConsole((level, message) => logged.push([level, message]));
  for (const level of ["trace", "debug", "log", "info", "warn", "error"] as const) own[level](level, 1, undefined);
  expect(logged).toEqual([
    [0, "trace 1 undefined"],
    [1, "debug 1 undefined"],
    [2, "log 1 undefined"],
    [2, "info 1 undefined"],
    [3, "warn 1 undefined"],
    [4, "error 1 undefined"],
  ]);
  const [first, second] = [ownPerformance.now(), ownPerformance.now()];
  expect(second).toBeGreaterThanOrEqual(first);
});

test("what the cases of the example expect is what Node answers", async () => {
  const cases = readFileSync(new URL("../../examples/web-apis/cases.yaml", import.meta.url), "utf8");
  const expected = cases
    .split("- name: ")
    .slice(1)
    .map((text) => [text.split("\n")[0] as string, /answer,\s*(['"])(.*)\1/.exec(text)?.[2] as string] as const);
  expect(expected.map(([name]) => name)).toEqual(Object.keys(ANSWERS));
  for (const [name, text] of expected) expect(await ANSWERS[name]?.(), name).toEqual(JSON.parse(text));
});
