import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { Failure } from "@wasm-header-filter/cli";
import { askProgram, hasGo } from "./program.ts";

/** An input, and the name that stands for it in the record. */
export interface Asked {
  readonly name: string;
  /** JSON; bytes as base64. */
  readonly input: unknown;
}

interface RecordFile {
  readonly versions: Readonly<Record<string, string>>;
  readonly verdicts: Readonly<Record<string, { readonly input: string; readonly verdict: unknown }>>;
}

/**
 * What a real reader makes of inputs: as recorded, so that a machine needs no Go. With `--mode all` and Go it is asked anew, and what it
 * says must be what is recorded. `RECORD=1` records.
 *
 * @param reader its name in `go/`
 * @param record a JSON file beside the test
 * @returns the verdicts by the inputs' names
 * @throws Failure if the record lacks an input, has it with other bytes, or no longer is what the reader says
 */
export async function verdicts<V>(reader: string, inputs: readonly Asked[], record: URL): Promise<Map<string, V>> {
  const file = fileURLToPath(record);
  const again = `run RECORD=1 npx vitest run with this test, where Go is installed`;
  if (process.env.RECORD === "1") return write<V>(file, await live(reader, inputs));
  if (!existsSync(file)) throw new Failure(`${file}: no such file, expected what the reader ${reader} says: ${again}`);
  const recorded: RecordFile = JSON.parse(readFileSync(file, "utf8"));
  for (const { name, input } of inputs) {
    const entry = recorded.verdicts[name];
    if (entry?.input !== digest(input)) throw new Failure(`${file}: lacks the input ${name} as it is: ${again}`);
  }
  if (process.env.MODE === "all" && hasGo()) {
    const said = await live(reader, inputs);
    const other = inputs.find(({ name }) => !isDeepStrictEqual(said.verdicts[name], recorded.verdicts[name]));
    if (other) {
      const [now, then] = [said, recorded].map(({ verdicts }) => JSON.stringify(verdicts[other.name]?.verdict));
      throw new Failure(`${file}: ${other.name}: the reader ${reader} says ${now}, recorded is ${then}: ${again}`);
    }
  }
  return verdictsOf<V>(recorded);
}

async function live(reader: string, inputs: readonly Asked[]): Promise<RecordFile> {
  const said = (await askProgram(
    [reader],
    inputs.map(({ input }) => input),
  )) as unknown[];
  const entries = inputs.map(({ name, input }, at) => [name, { input: digest(input), verdict: said[at] }]);
  const versions = (await askProgram([])) as RecordFile["versions"];
  // As in a record, which cannot tell -0 from 0.
  return JSON.parse(JSON.stringify({ versions, verdicts: Object.fromEntries(entries) }));
}

function write<V>(file: string, record: RecordFile): Map<string, V> {
  const lines = Object.entries(record.verdicts).map(
    ([name, entry]) => `${JSON.stringify(name)}: ${JSON.stringify(entry)}`,
  );
  writeFileSync(file, `{"versions": ${JSON.stringify(record.versions)}, "verdicts": {\n${lines.join(",\n")}\n}}\n`);
  return verdictsOf<V>(record);
}

const verdictsOf = <V>({ verdicts }: RecordFile): Map<string, V> =>
  new Map(Object.entries(verdicts).map(([name, { verdict }]) => [name, verdict as V]));

const digest = (input: unknown): string =>
  createHash("sha256").update(JSON.stringify(input)).digest("hex").slice(0, 16);
