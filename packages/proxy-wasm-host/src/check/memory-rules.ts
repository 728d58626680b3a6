import type { Limits, WasmImport } from "../wasm/binary.ts";
import { MEMORY_LIMIT_PAGES } from "../wasm/memory-limit.ts";
import { diagnosisIf, type Rule } from "./finding.ts";
import type { ModuleSubject } from "./module.ts";

const LINK = "proxy-wasm-cpp-host src/v8/v8.cc, link";

/** More initial memory than this, 64 MiB, is much for each worker thread of a proxy. */
const LARGE_PAGES = 1024;

const imported = ({ wasm }: ModuleSubject, kind: string): readonly WasmImport[] =>
  wasm?.imports.filter((one) => one.kind === kind) ?? [];
const mebibytes = (pages: number) => `${pages / 16} MiB`;
const NO_INSTANCE = '"Failed to create new Wasm instance"';

/** Rules about the module's memory, tables and start function. */
export const MEMORY_RULES: readonly Rule<ModuleSubject>[] = [
  {
    id: "memory-none",
    severity: "warning",
    refuses: "a memory that is neither exported nor imported",
    source: LINK,
    find: (subject) =>
      diagnosisIf(
        subject.wasm !== undefined &&
          !subject.wasm.exports.some(({ kind }) => kind === "memory") &&
          imported(subject, "memory").length === 0,
        () => ({
          what: subject.wasm?.memories.length ? "does not export its memory" : "has no memory",
          why: "Envoy loads it, and crashes at the first host call that reads or writes memory",
          fix: subject.wasm?.memories.length ? "export the memory" : "define a memory and export it",
        }),
      ),
  },
  {
    id: "memory-limit",
    severity: "error",
    refuses: "an initial memory of more than 1 GiB",
    source: "proxy-wasm-cpp-host include/proxy-wasm/limits.h",
    find: ({ wasm }) =>
      (wasm?.memories ?? [])
        .filter(({ initial }) => initial > MEMORY_LIMIT_PAGES)
        .map(({ initial }) => ({
          what: `begins with ${mebibytes(initial)} of memory`,
          why: `Envoy gives a module 1 GiB at most: ${NO_INSTANCE}`,
          fix: "lower the initial memory; it can grow later",
        })),
  },
  {
    id: "memory-large",
    severity: "warning",
    refuses: `an initial memory of more than ${mebibytes(LARGE_PAGES)}`,
    source: "envoy source/extensions/common/wasm/wasm.cc: one VM for each worker, and one more",
    find: ({ wasm }) =>
      (wasm?.memories ?? [])
        .filter(({ initial }) => initial > LARGE_PAGES && initial <= MEMORY_LIMIT_PAGES)
        .map(({ initial }) => ({
          what: `begins with ${mebibytes(initial)} of memory`,
          why: "each worker thread of each proxy has a VM of its own, and so has the main thread",
          fix: "lower the initial memory; it can grow later",
        })),
  },
  {
    id: "memory-import",
    severity: "error",
    refuses: "an imported memory that is shared, has 64-bit addresses, or is one of several",
    source: LINK,
    find: (subject) => {
      const memories = imported(subject, "memory");
      const odd = memories.find(({ limits }) => limits?.shared || limits?.wide);
      return diagnosisIf(odd !== undefined || memories.length > 1, () => ({
        what:
          memories.length > 1
            ? `imports ${memories.length} memories`
            : `imports the memory ${odd?.module}.${odd?.name}, which ${odd?.limits?.shared ? "is shared" : "has 64-bit addresses"}`,
        why: `Envoy creates one plain memory for a module: ${NO_INSTANCE}`,
        fix: "define and export one plain memory instead (no --import-memory, no --shared-memory)",
      }));
    },
  },
  {
    id: "memory-several",
    severity: "warning",
    refuses: "several exported memories",
    source: LINK,
    find: ({ wasm }) => {
      const names = wasm?.exports.filter(({ kind }) => kind === "memory").map(({ name }) => name) ?? [];
      return diagnosisIf(names.length > 1 && (wasm?.memories.length ?? 0) > 1, () => ({
        what: `exports the memories ${names.join(" and ")}`,
        why: `Envoy reads and writes only the last, ${names.at(-1)}; it expects modules with one memory`,
        fix: "export one memory",
      }));
    },
  },
  {
    id: "memory-wide",
    severity: "warning",
    refuses: "64-bit addresses",
    source: "proxy-wasm-cpp-host src/v8/v8.cc, getWordSize",
    find: ({ wasm }) =>
      diagnosisIf(
        isWide(wasm?.memories) && !wasm?.imports.some(({ kind, limits }) => kind === "memory" && limits?.wide),
        () => ({
          what: "has a memory with 64-bit addresses",
          why: "the ABI's pointers have 32 bits: addresses above 4 GiB can't be passed to the host, and no SDK supports them",
          fix: "build for wasm32",
        }),
      ),
  },
  {
    id: "table-import",
    severity: "error",
    refuses: "several imported tables",
    source: LINK,
    find: (subject) =>
      diagnosisIf(imported(subject, "table").length > 1, () => ({
        what: `imports ${imported(subject, "table").length} tables`,
        why: `Envoy creates one table for a module: ${NO_INSTANCE}`,
        fix: "define the tables in the module (no --import-table)",
      })),
  },
  {
    id: "start-host",
    severity: "error",
    refuses: "a start function that calls the host",
    source:
      "asked of Envoy 1.36 to 1.40: the process crashes, because it sets up memory and callbacks after it has created the instance",
    find: ({ instantiation }) =>
      diagnosisIf(instantiation?.ended === "called the host", () => ({
        what: `has a start function that calls ${instantiation?.ended === "called the host" ? instantiation.name : ""}`,
        why: "it runs before Envoy has looked up the module's memory: the process crashes, and all its traffic fails",
        fix: "do this in proxy_on_vm_start, and leave the start function out",
      })),
  },
  {
    id: "start-trap",
    severity: "error",
    refuses: "a module whose segments do not fit, or whose start function traps",
    source: LINK,
    find: ({ instantiation }) =>
      diagnosisIf(instantiation?.ended === "trapped", () => ({
        what: `can't be instantiated: ${instantiation?.ended === "trapped" ? instantiation.reason : ""}`,
        why: `Envoy: ${NO_INSTANCE}`,
        fix: "fix the start function, or the data and element segments",
      })),
  },
];

const isWide = (memories: readonly Limits[] | undefined) => memories?.some(({ wide }) => wide) ?? false;
