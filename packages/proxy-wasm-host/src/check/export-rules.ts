import { CALLBACKS, callbackOf } from "../abi/callbacks.ts";
import { abiMarker } from "../abi/version.ts";
import type { FunctionType, WasmExport } from "../wasm/binary.ts";
import { envoyType } from "./envoy-type.ts";
import { type Diagnosis, diagnosisIf, type Rule } from "./finding.ts";
import type { ModuleSubject } from "./module.ts";

const GET = "proxy-wasm-cpp-host src/wasm.cc, getFunctions";

/** Callbacks of a VM or a root context: they run too rarely for a needless call to cost anything. */
const RARE = /^(_initialize|_start|main|__main_void|malloc|proxy_on_(memory_allocate|vm_start|configure))$/;

/** How many names a finding lists. */
const SHOWN = 5;

const exportsOf = ({ wasm }: ModuleSubject): readonly WasmExport[] => wasm?.exports ?? [];
const isFunction = ({ kind }: WasmExport) => kind === "function";
const exportsFunction = (subject: ModuleSubject, wanted: string) =>
  exportsOf(subject).some((one) => one.name === wanted && isFunction(one));

/** The type that an export must have, if Envoy looks its name up under the module's ABI. */
function wantedType({ abi = "0.2.1", wasm }: ModuleSubject, name: string): FunctionType | undefined {
  const functions = new Set(wasm?.exports.filter(isFunction).map((one) => one.name));
  const callback = callbackOf(name, abi, functions);
  return callback && { parameters: callback.parameters.map(() => "i32" as const), results: callback.results };
}

/** Rules about what the module exports. */
export const EXPORT_RULES: readonly Rule<ModuleSubject>[] = [
  {
    id: "export-type",
    severity: "error",
    refuses: "a callback of another type than Envoy calls",
    source: "proxy-wasm-cpp-host src/v8/v8.cc, getModuleFunctionImpl",
    find: (subject) =>
      exportsOf(subject).flatMap(({ name, type }): Diagnosis[] => {
        const wanted = wantedType(subject, name);
        if (!wanted || !type) return [];
        const [want, has] = [envoyType(wanted), envoyType(type)];
        return diagnosisIf(want !== has, () => ({
          what: `exports ${name} as ${has}, but Envoy calls it as ${want}`,
          why: `Envoy: "Bad function signature for: ${name}, want: ${want}, but the module exports: ${has}"`,
          fix: `declare it as ${want}, its type in the module's ABI version`,
        }));
      }),
  },
  {
    id: "export-kind",
    severity: "warning",
    refuses: "a callback's name on something that is not a function",
    source: "proxy-wasm-cpp-host src/v8/v8.cc, link",
    find: (subject) =>
      exportsOf(subject)
        .filter((one) => !isFunction(one) && CALLBACKS.some(({ name }) => name === one.name))
        .map(({ name, kind }) => ({
          what: `exports ${name} as a ${kind}`,
          why: "Envoy looks for functions only and ignores anything else silently",
          fix: "export a function of that name, or nothing",
        })),
  },
  {
    id: "export-uncalled",
    severity: "warning",
    refuses: "an export that looks like a callback and that nobody calls",
    source: GET,
    find: (subject) =>
      exportsOf(subject)
        .filter(
          ({ name }) =>
            /^proxy_/.test(name) && !name.startsWith(abiMarker("")) && !CALLBACKS.some((one) => one.name === name),
        )
        .map(({ name }) => {
          const near = nearest(name);
          return {
            what: `exports ${name}, which no host calls`,
            why: "Envoy looks callbacks up by name; what has another name never runs",
            fix: near ? `did you mean ${near}?` : "check its name against the ABI, or remove it",
          };
        }),
  },
  {
    id: "export-extra",
    severity: "info",
    refuses: "other exported functions that nobody calls",
    source: GET,
    find: (subject) => {
      const extra = exportsOf(subject)
        .filter(
          (one) => isFunction(one) && !/^proxy_/.test(one.name) && !CALLBACKS.some(({ name }) => name === one.name),
        )
        .map(({ name }) => name);
      const names =
        extra.length > SHOWN
          ? `${extra.slice(0, SHOWN).join(", ")} and ${extra.length - SHOWN} more`
          : extra.join(", ");
      return diagnosisIf(extra.length > 0, () => ({
        what: `exports ${names}`,
        why: "no host calls them, but the code that they use stays in the module",
        fix: "export callbacks alone (wasm-ld --no-export-all, wasm-metadce)",
      }));
    },
  },
  {
    id: "export-shadowed",
    severity: "info",
    refuses: "exports that Envoy ignores because it calls another one instead",
    source: `${GET}; startVm`,
    find: (subject) =>
      (
        [
          ["_start", "_initialize", "it runs _initialize"],
          ["__main_void", "main", "it runs main after _initialize"],
          ["proxy_on_memory_allocate", "malloc", "it allocates with malloc"],
        ] as const
      )
        .filter((names) => exportsFunction(subject, names[0]) && exportsFunction(subject, names[1]))
        .map(([ignored, called, does]) => ({
          what: `exports both ${called} and ${ignored}`,
          why: `Envoy never calls ${ignored}: if both are exported, ${does}`,
          fix: "export only one of them",
        })),
  },
  {
    id: "export-main",
    severity: "info",
    refuses: "main without _initialize",
    source: "proxy-wasm-cpp-host src/wasm.cc, startVm",
    find: (subject) =>
      ["main", "__main_void"]
        .filter((name) => exportsFunction(subject, name) && !exportsFunction(subject, "_initialize"))
        .map((name) => ({
          what: `exports ${name} without _initialize`,
          why: `Envoy calls ${name} only after _initialize, so here it never runs`,
          fix: "build a reactor (-mexec-model=reactor), which exports _initialize, or let _start call it without exporting it",
        })),
  },
  {
    id: "export-idle",
    severity: "info",
    refuses: "a callback whose body does nothing",
    source: "proxy-wasm-cpp-host src/context.cc: whatever is exported is called",
    find: (subject) => {
      const idle = exportsOf(subject)
        .filter(({ name }) => /^proxy_on_/.test(name) && !RARE.test(name))
        .filter(({ name }) => isIdle(name, subject.wasm?.bodyOf(name)) && CALLBACKS.some((one) => one.name === name))
        .map(({ name }) => name);
      return diagnosisIf(idle.length > 0, () => ({
        what: `exports ${idle.join(", ")}, ${idle.length === 1 ? "which does" : "which do"} nothing`,
        why: "Envoy enters the VM for each exported callback, about 1.9 thousand instructions each time",
        fix: "don't export them: without them a host does the same",
      }));
    },
  },
];

const END = 0x0b;
const I32_CONST = 0x41;
const RETURN = 0x0f;

/** Whether a callback has no locals and only returns what the host assumes if the callback is missing. */
function isIdle(name: string, body: Uint8Array | undefined): boolean {
  if (body?.[0] !== 0 || body.length > 8) return false;
  const code = [...body.subarray(1)].filter((byte) => byte !== RETURN);
  const assumed = name === "proxy_on_done" ? 1 : 0;
  return code[0] === END || (code[0] === I32_CONST && code[1] === assumed && code[2] === END);
}

/** The callback whose name is at most three edits away. */
function nearest(name: string): string | undefined {
  const [best] = CALLBACKS.map((one) => ({ name: one.name, edits: distance(name, one.name) })).sort(
    (a, b) => a.edits - b.edits,
  );
  return best && best.edits <= 3 ? best.name : undefined;
}

/** The Levenshtein distance of two texts. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const changed = (row[j - 1] as number) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row.at(-1) as number;
}
