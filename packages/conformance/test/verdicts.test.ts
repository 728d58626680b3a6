import { expect, test } from "vitest";
import { type Serve, verdicts } from "./verdicts.ts";

const modules = ["a", "b", "c", "d", "e"].map((name) => ({ name }));
type Module = (typeof modules)[number];

/** The verdicts and messages if some modules end the process, each a number of times. */
async function judge(ends: Record<string, number>) {
  const processes: string[] = [];
  const serve: Serve<Module> = async (some) => {
    processes.push(some.map(({ name }) => name).join(""));
    const guilty = some.find(({ name }) => (ends[name] ?? 0) > 0)?.name;
    if (guilty === undefined) return some.map(({ name }) => (name === "b" ? "refuses" : "loads"));
    ends[guilty] = (ends[guilty] ?? 0) - 1;
    throw new Error("signal 11");
  };
  const said: string[] = [];
  const found = await verdicts(modules, serve, (line) => said.push(line));
  return { found: [...found].map(([{ name }, verdict]) => `${name} ${verdict}`).sort(), processes, said };
}

test("one process serves all modules while it lives", async () => {
  expect(await judge({})).toEqual({
    found: ["a loads", "b refuses", "c loads", "d loads", "e loads"],
    processes: ["abcde"],
    said: [],
  });
});

test("a module that ends each process is found, and the others are judged without it", async () => {
  expect(await judge({ b: Number.POSITIVE_INFINITY })).toEqual({
    found: ["a loads", "b ends", "c loads", "d loads", "e loads"],
    processes: ["abcde", "abc", "ab", "a", "b", "b", "c", "de"],
    said: [
      "Envoy ended on one of 5 modules (signal 11): trying 3 and 2 of them",
      "Envoy ended on one of 3 modules (signal 11): trying 2 and 1 of them",
      "Envoy ended on one of 2 modules (signal 11): trying 1 and 1 of them",
      'Envoy ended on the module "b" (signal 11): trying it again on its own',
    ],
  });
});

test.each([1, 2, 3])("a module whose last process lives is not the cause: %i processes end", async (times) => {
  const { found, said } = await judge({ c: times });
  expect(found).toEqual(["a loads", "b refuses", "c loads", "d loads", "e loads"]);
  expect(said).toHaveLength(times);
});
