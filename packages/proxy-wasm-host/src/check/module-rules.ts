import { hex } from "../abi/bytes.ts";
import { ABI_VERSIONS, abiMarker } from "../abi/version.ts";
import { nameSectionFault } from "../wasm/name-section.ts";
import { diagnosisIf, type Rule } from "./finding.ts";
import type { ModuleSubject } from "./module.ts";

/** V8 takes long to compile a larger module, on each proxy that starts. */
const LARGE = 10 * 1000 * 1000;

/** The share of a module's size that debug information may have without a finding. */
const DEBUG_SHARE = 0.2;

const markers = ({ wasm }: ModuleSubject) => wasm?.exports.filter(({ name }) => name.startsWith(abiMarker(""))) ?? [];
const debugSections = ({ wasm }: ModuleSubject) =>
  wasm?.custom.filter(({ name }) => /^(name$|\.debug_|sourceMappingURL$|external_debug_info$)/.test(name)) ?? [];
/** A size in megabytes or kilobytes of 1000. */
const size = (bytes: number): string =>
  bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(2)} MB`;
const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

/** Rules about the module as a whole. */
export const MODULE_RULES: readonly Rule<ModuleSubject>[] = [
  {
    id: "module-format",
    severity: "error",
    refuses: "bytes that are not WebAssembly, or WebAssembly of a version other than 1",
    source: "istio pkg/wasm/cache.go, isValidWasmBinary; proxy-wasm-cpp-host src/bytecode_util.cc, checkWasmHeader",
    find: ({ bytes, format }) =>
      diagnosisIf(format === "no wasm" || format === "unknown version", () => ({
        what:
          format === "no wasm"
            ? `begins with ${hex(bytes.subarray(0, 8)) || "nothing"}: that is not WebAssembly`
            : "is of an unknown WebAssembly version",
        why: 'Istio: "fetched Wasm binary from … is invalid"; Envoy: "Failed to parse corrupted Wasm module"',
        fix: "use the compiled module, which begins with 00 61 73 6d 01 00 00 00; wat2wasm compiles text",
      })),
  },
  {
    id: "module-component",
    severity: "error",
    refuses: "a component",
    source: "proxy-wasm-cpp-host src/bytecode_util.cc, getAbiVersion; V8 compiles core modules only",
    find: ({ format }) =>
      diagnosisIf(format === "component", () => ({
        what: "is a component, not a core module",
        why: 'Envoy finds no ABI in it: "Missing or unknown Proxy-Wasm ABI version"',
        fix: "compile to a core module (for Rust the target wasm32-wasip1), or lower the component to one",
      })),
  },
  {
    id: "module-valid",
    severity: "error",
    refuses: "a core module that V8 does not compile",
    source: "proxy-wasm-cpp-host src/v8/v8.cc, load",
    find: ({ invalid }) =>
      diagnosisIf(invalid !== undefined, () => ({
        what: `is not a valid module: ${invalid}`,
        why: 'Envoy: "Failed to load Wasm bytecode"',
        fix: "build it again, without features that engines don't ship yet, and within their limits; wasm-validate shows details",
      })),
  },
  {
    id: "module-names",
    severity: "error",
    refuses: "a name section that Envoy's own parser refuses, although engines ignore it",
    source: "proxy-wasm-cpp-host src/bytecode_util.cc, getFunctionNameIndex",
    find: ({ wasm }) => {
      const fault = wasm?.custom.find(({ name }) => name === "name");
      return diagnosisIf(fault !== undefined && nameSectionFault(fault.data), () => ({
        what: "has a name section that is cut short or has wrong counts",
        why: 'Envoy: "Failed to parse corrupted Wasm module"',
        fix: "strip it (wasm-strip, wasm-opt --strip-debug), or build again",
      }));
    },
  },
  {
    id: "module-abi",
    severity: "error",
    refuses: "a module that exports no function proxy_abi_version_X_Y_Z that Envoy knows",
    source: "proxy-wasm-cpp-host src/wasm.cc, load; src/bytecode_util.cc, getAbiVersion",
    find: (subject) =>
      diagnosisIf(subject.wasm !== undefined && subject.abi === undefined, () => {
        const [other] = markers(subject);
        const kind = other && other.kind !== "function" ? ` as a ${other.kind}, not as a function` : "";
        return {
          what: other ? `asks for an ABI by exporting ${other.name}${kind}` : "has no Proxy-Wasm ABI marker",
          why: `Envoy: "Missing or unknown Proxy-Wasm ABI version"; it knows ${ABI_VERSIONS.join(", ")}`,
          fix: `build with a Proxy-Wasm SDK, or export an empty function ${abiMarker("0.2.1")}${other ? " instead" : ""}`,
        };
      }),
  },
  {
    id: "module-abi-several",
    severity: "warning",
    refuses: "several ABI markers",
    source: "proxy-wasm-cpp-host src/bytecode_util.cc, getAbiVersion",
    find: (subject) => {
      const names = markers(subject).map(({ name }) => name);
      return diagnosisIf(names.length > 1, () => ({
        what: `exports ${names.join(" and ")}`,
        why: `Envoy uses the first that it knows${subject.abi ? `, here ${subject.abi}` : ""}; another host may use another`,
        fix: "keep one",
      }));
    },
  },
  {
    id: "module-abi-old",
    severity: "warning",
    refuses: "ABI 0.1.0",
    source: "proxy-wasm-cpp-host src/wasm.cc, registerCallbacks",
    find: ({ abi }) =>
      diagnosisIf(abi === "0.1.0", () => ({
        what: "asks for ABI 0.1.0 of 2020",
        why: "Envoy still loads it, with other functions and types than the specification has; new SDKs don't support it",
        fix: "build with an SDK for ABI 0.2.1",
      })),
  },
  {
    id: "module-allocator",
    severity: "error",
    refuses: "neither malloc nor proxy_on_memory_allocate",
    source: "proxy-wasm-cpp-host src/wasm.cc, getFunctions",
    find: ({ wasm }) => {
      const has = (wanted: string) => wasm?.exports.some(({ name, kind }) => name === wanted && kind === "function");
      return diagnosisIf(wasm !== undefined && !has("malloc") && !has("proxy_on_memory_allocate"), () => ({
        what: "exports neither malloc nor proxy_on_memory_allocate",
        why: 'Envoy: "Wasm module is missing malloc function."; it cannot pass headers or configuration to the module',
        fix: "export proxy_on_memory_allocate, a function that takes a size and returns a pointer",
      }));
    },
  },
  {
    id: "module-large",
    severity: "warning",
    refuses: `more than ${size(LARGE)}`,
    source: "proxy-wasm-cpp-host src/v8/v8.cc, load; istio pilot/pkg/model/extensions.go, buildDataSource (30 s)",
    find: ({ bytes }) =>
      diagnosisIf(bytes.length > LARGE, () => ({
        what: `is ${size(bytes.length)} large`,
        why: "each proxy downloads it (Istio gives that 30 seconds) and compiles it before it serves",
        fix: "strip debug information, optimize for size (wasm-opt -Oz), leave out what the filter doesn't use",
      })),
  },
  {
    id: "module-debug",
    severity: "info",
    refuses: `debug information that is more than ${DEBUG_SHARE * 100} % of the module`,
    source: "proxy-wasm-cpp-host src/bytecode_util.cc, getStrippedSource",
    find: (subject) => {
      const sections = debugSections(subject);
      const debug = sum(sections.map(({ data }) => data.length));
      return diagnosisIf(debug > DEBUG_SHARE * subject.bytes.length, () => ({
        what: `${size(debug)} of its ${size(subject.bytes.length)} are ${sections.map(({ name }) => name).join(", ")}`,
        why: "every proxy downloads and keeps them; Envoy uses only the function names, in its log after a trap",
        fix: "strip them from the published module (wasm-opt --strip-debug)",
      }));
    },
  },
];
