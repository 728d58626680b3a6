import { gzipSync } from "node:zlib";
import { Failure, palette } from "@wasm-header-filter/cli";
import { bytes as size } from "@wasm-header-filter/oci";
import { type Finding, type Inspection, inspect } from "../inspection.ts";
import { readModuleSource } from "../module-source.ts";
import { type RequestCost, type Trial, tryModule } from "../trial.ts";

/** The lab's configuration. */
const LAB = '{"header_1":"some_value_1","header_2":"another_value"}';

export interface DoctorOptions {
  readonly json?: boolean;
  readonly config?: string;
}

/**
 * Looks a module over, tries it, and prints what was found.
 *
 * @throws Failure if Envoy would not load or run it
 */
export async function doctor(source: string, { json = false, config = LAB }: DoctorOptions): Promise<void> {
  const bytes = await readModuleSource(source);
  const inspection = inspect(bytes);
  const trial = inspection.module && tryModule(bytes, Buffer.from(config));
  const findings = [...inspection.findings, ...(trial ? trialFindings(trial) : [])];
  const ok = !findings.some(({ level }) => level === "error");
  const sizes = { raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length };
  console.log(
    json
      ? JSON.stringify({ source, ok, abi: inspection.abi, sizes, ...contents(inspection), findings, trial }, null, 2)
      : [...report(source, ok, sizes, inspection, trial), ...findings.map(shown)].join("\n"),
  );
  if (!ok) throw new Failure(`${source}: not fit for Envoy, see above`);
}

function trialFindings({ state, error, log }: Trial): Finding[] {
  if (state === "running") return [];
  const said = log.filter(({ source }) => source === "filter").map(({ message }) => message);
  return [
    {
      rule: "trial",
      level: "error",
      what: error ?? state,
      why: said.length > 0 ? `it said: ${said.join(" | ")}` : "it said nothing",
      remedy: "mend the module, or the configuration given with --config",
    },
  ];
}

const contents = ({ interface: wasm }: Inspection) => ({
  imports: wasm?.imports.map(({ module, name }) => `${module}.${name}`) ?? [],
  callbacks: wasm?.exports.map(({ name }) => name).filter((name) => name.startsWith("proxy_on_")) ?? [],
});

function report(
  source: string,
  ok: boolean,
  sizes: { raw: number; gzip: number },
  inspection: Inspection,
  trial: Trial | undefined,
): string[] {
  const { bold, green, red } = palette(process.stdout);
  const { imports, callbacks } = contents(inspection);
  const verdict = ok ? green("fit for Envoy") : red("not fit for Envoy");
  const lines = [`${bold(source)}: ${verdict}`];
  const row = (name: string, text: string) => lines.push(`  ${name.padEnd(14)} ${text}`);
  const memory = trial?.memoryPages ? `, ${plural(trial.memoryPages, "page")} of memory` : "";
  row(
    "module",
    `${size(sizes.raw)}, gzip ${size(sizes.gzip)}${memory}${inspection.abi ? `, ABI ${inspection.abi}` : ""}`,
  );
  if (!inspection.interface) return lines;
  row("imports", `${imports.length}: ${short(imports)}`);
  row("callbacks", `${callbacks.length}: ${short(callbacks)}`);
  for (const request of trial?.requests ?? []) row(request.name, cost(request));
  return lines;
}

const cost = ({ entries, calls }: RequestCost): string =>
  `${plural(calls.length, "host call")} (${short(calls)}), ${plural(entries.length, "VM entry", "VM entries")}`;

const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** How many names a line holds. */
const SHOWN = 10;

/** Names without what all of them begin with, and how often each comes. */
function short(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) {
    const key = name.replace(/^(env\.)?proxy_(on_)?|^wasi_\w+\./, "");
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const all = [...counts].map(([name, count]) => (count > 1 ? `${count}x ${name}` : name));
  const rest = all.length > SHOWN ? [`and ${all.length - SHOWN} more`] : [];
  return [...all.slice(0, SHOWN), ...rest].join(", ") || "none";
}

function shown({ level, what, why, remedy }: Finding): string {
  const { red, yellow } = palette(process.stdout);
  return `  ${level === "error" ? red("error") : yellow("warning")}: ${what}: ${why}; ${remedy}`;
}
