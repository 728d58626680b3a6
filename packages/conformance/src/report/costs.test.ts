import { expect, test } from "vitest";
import { costTable } from "./costs.ts";

const HEAD = "| filter | no `hello` | `hello` | module |\n|---|--:|--:|--:|\n";
const cost = { hostCalls: [], entries: [], instructions: 1, instructionsOf1000: 1000 };
const recorded = (without: number | string, hello: number | string) => ({
  "without hello": { ...cost, envoyInstructions: without },
  "with hello": { ...cost, envoyInstructions: hello },
});

test("the variants' rows are what their folders record, the others' stay, sorted by cost", () => {
  const table = `${HEAD}| C | 5.8k | – | – |
| **\`a\`: a name of its own** | **1.0k** | **1.1k** | **3.0 kB** |
| **\`gone\`: no longer there** | **2.0k** | **2.1k** | **3.0 kB** |
| Rust | 28.7k | 38.7k | 139 kB |`;
  const variants = [
    { variant: "a", description: "A", recorded: recorded(30_000, 40_000) },
    { variant: "new", description: "What it is", recorded: recorded(22_750, 32_500), size: 1_200_000 },
    { variant: "slow", description: "S", recorded: recorded("not counted", "not counted") },
    { variant: "bare", description: "B", recorded: undefined },
  ];
  const written = costTable(table, variants);
  expect(written).toBe(`${HEAD}| C | 5.8k | – | – |
| **\`new\`: What it is** | **22.8k** | **32.5k** | **1.20 MB** |
| Rust | 28.7k | 38.7k | 139 kB |
| **\`a\`: a name of its own** | **30.0k** | **40.0k** | **3.0 kB** |`);
  expect(costTable(written, variants)).toBe(written);
});
