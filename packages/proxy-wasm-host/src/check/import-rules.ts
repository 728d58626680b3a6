import { isSince } from "../abi/envoy-version.ts";
import { importedFunction } from "../abi/host-functions.ts";
import type { Signature } from "../abi/signature.ts";
import type { WasmImport } from "../wasm/binary.ts";
import { envoyType } from "./envoy-type.ts";
import type { Rule } from "./finding.ts";
import type { ModuleSubject } from "./module.ts";

const LINK = "proxy-wasm-cpp-host src/v8/v8.cc, link";

/** What AssemblyScript's runtime imports. */
const ASSEMBLYSCRIPT = /^(abort|seed|trace|console\.log|Date\.now|performance\.now)$/;

/** Every import of a function or a global, with the function that Envoy links for it, if any. */
const wanted = ({ wasm }: ModuleSubject): { wanted: WasmImport; linked: Signature | undefined }[] =>
  (wasm?.imports ?? [])
    .filter(({ kind }) => kind !== "memory" && kind !== "table" && kind !== "tag")
    .map((one) => ({
      wanted: one,
      linked: one.kind === "function" ? importedFunction(one.module, one.name) : undefined,
    }));

const missing = ({ module, name }: WasmImport) =>
  `Envoy: "Failed to load Wasm module due to a missing import: ${module}.${name}"`;

/** Rules about what the module imports. */
export const IMPORT_RULES: readonly Rule<ModuleSubject>[] = [
  {
    id: "import-unknown",
    severity: "error",
    refuses: "an import that no Envoy has",
    source: LINK,
    find: (subject) =>
      wanted(subject)
        .filter(({ linked }) => linked === undefined)
        .map(({ wanted }) => ({
          what: `imports ${wanted.kind === "function" ? "" : `the ${wanted.kind} `}${wanted.module}.${wanted.name}, which Envoy does not have`,
          why: missing(wanted),
          fix: remedy(wanted),
        })),
  },
  {
    id: "import-abi",
    severity: "error",
    refuses: "an import that Envoy has under another version of the ABI",
    source: "proxy-wasm-cpp-host src/wasm.cc, registerCallbacks",
    find: (subject) =>
      wanted(subject).flatMap(({ wanted, linked }) => {
        if (!subject.abi || !linked || linked.abis.includes(subject.abi)) return [];
        return {
          what: `imports ${wanted.module}.${wanted.name}, which Envoy has under ABI ${linked.abis.join(", ")} only, not under ${subject.abi}`,
          why: missing(wanted),
          fix: instead(wanted.name) ?? `build for ABI ${linked.abis.at(-1)}, or leave it out`,
        };
      }),
  },
  {
    id: "import-version",
    severity: "error",
    refuses: "an import that only newer versions of Envoy have",
    source: "asked of the Envoy binaries: see abi/env-functions.ts and abi/wasi-functions.ts",
    find: (subject) =>
      wanted(subject).flatMap(({ wanted, linked }) => {
        if (!linked || isSince(subject.envoy, linked.since)) return [];
        return {
          what: `imports ${wanted.module}.${wanted.name}, which Envoy has since ${linked.since}, not in ${subject.envoy}`,
          why: missing(wanted),
          fix: `run it on Envoy ${linked.since} or newer, or let the toolchain stub the function out`,
        };
      }),
  },
  {
    id: "import-type",
    severity: "error",
    refuses: "an import of another type than Envoy's function has",
    source: LINK,
    find: (subject) =>
      wanted(subject).flatMap(({ wanted, linked }) => {
        if (!linked || !wanted.type) return [];
        const [want, has] = [envoyType(wanted.type), envoyType(linked.type)];
        if (want === has) return [];
        return {
          what: `imports ${wanted.module}.${wanted.name} as ${want}, but it is ${has}`,
          why: `Envoy: "Failed to load Wasm module due to an import type mismatch: ${wanted.module}.${wanted.name}, want: ${want}, but host exports: ${has}"`,
          fix: "declare the import with the ABI's own type",
        };
      }),
  },
  {
    id: "import-tag",
    severity: "error",
    refuses: "exception tags among imports or exports",
    source: "asked of Envoy 1.36 to 1.40: the process aborts",
    find: ({ wasm }) =>
      [...(wasm?.imports ?? []), ...(wasm?.exports ?? [])]
        .filter(({ kind }) => kind === "tag")
        .map(({ name }) => ({
          what: `imports or exports the exception tag ${name}`,
          why: "Envoy does not support tags: the process aborts while it links the module, and all its traffic fails",
          fix: "neither import nor export the tag, or compile without exceptions (-fno-exceptions); tags that stay inside the module are fine",
        })),
  },
];

function remedy({ module, name }: WasmImport): string {
  if (ASSEMBLYSCRIPT.test(name)) return `compile AssemblyScript with --use ${name}= so that it needs no host for it`;
  if (/^wasi:|^wasi_snapshot_preview2/.test(module))
    return "build for WASI preview 1 (wasm32-wasip1): Envoy has no other";
  if (module.startsWith("wasi_")) return "leave out what needs it, or let the toolchain stub it out";
  if (module === "wbg" || module.startsWith("__wbindgen")) return "build without wasm-bindgen: it needs JavaScript";
  if (/^(go|gojs)$/.test(module)) return "build Go with GOOS=wasip1 -buildmode=c-shared: GOOS=js needs JavaScript";
  return instead(name) ?? "remove what needs it, or check its name against the ABI";
}

/** What to call in Envoy instead of a function of the specification, an older ABI or another host. */
function instead(name: string): string | undefined {
  const known: Record<string, string> = {
    proxy_clear_route_cache: 'call proxy_call_foreign_function with "clear_route_cache" instead',
    proxy_continue_request: "call proxy_continue_stream with stream 0 instead",
    proxy_continue_response: "call proxy_continue_stream with stream 1 instead",
    proxy_get_configuration: "call proxy_get_buffer_bytes with buffer 7 (plugin configuration) instead",
    proxy_dispatch_http_call: "call proxy_http_call instead",
    proxy_dispatch_grpc_call: "call proxy_grpc_call instead",
  };
  return known[name];
}
