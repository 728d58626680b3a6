import { ABI_VERSIONS, type AbiVersion, HOST_FUNCTIONS } from "proxy-wasm-host/testing";
import { CALLBACKS, type Imported, type Phase, sweepModule } from "./sweep.ts";

/** A module that calls host functions. */
export interface Probe {
  readonly name: string;
  /** Its name in Envoy's configuration. */
  readonly id: string;
  /** What the lines that it logs begin with. */
  readonly mark: string;
  readonly module: Uint8Array;
  /** Whether it may call all of its functions when it does. */
  readonly loads: boolean;
  /** How many lines it logs then: one for each function and phase. */
  readonly lines: number;
}

/** Functions that are not called afterwards, with the reason. */
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  "they act on the request": [
    "proxy_send_local_response",
    "proxy_continue_stream",
    "proxy_close_stream",
    "proxy_continue_request",
    "proxy_continue_response",
    "proxy_clear_route_cache",
  ],
  "they change what the next calls act on": ["proxy_set_effective_context"],
  "Envoy ends on an empty GrpcService": ["proxy_grpc_call", "proxy_grpc_stream"],
  "all VMs of a process share what they act on": [
    "proxy_get_shared_data",
    "proxy_set_shared_data",
    "proxy_enqueue_shared_queue",
    "proxy_dequeue_shared_queue",
  ],
};
const leftOut = new Set(Object.values(LEFT_OUT).flat());

/**
 * Modules that call every host function under each import module and version of the ABI: those that may be called at the start all
 * together, there and afterwards; each of the others at the start by itself, and afterwards together.
 */
export function probes(): Probe[] {
  const made: Probe[] = [];
  const add = (
    name: string,
    functions: readonly Imported[],
    abi: AbiVersion,
    phases: readonly Phase[],
    later = false,
  ) => {
    const id = `sweep-${made.length}`;
    const mark = `<${id}>`;
    const loads = phases.length === 0 || functions.every(({ signature }) => signature.atStart);
    const lines = functions.length * (phases.length + (later ? CALLBACKS.length : 0));
    made.push({ name, id, mark, module: sweepModule(mark, functions, abi, phases, later), loads, lines });
  };
  for (const abi of ABI_VERSIONS) {
    for (const module of ["wasi_snapshot_preview1", "wasi_unstable", "env"]) {
      const all = HOST_FUNCTIONS.filter((one) => one.modules.includes(module) && one.abis.includes(abi));
      const [allowed, refused] = [true, false].map((atStart) =>
        all.filter((one) => one.atStart === atStart).map((signature) => ({ module, signature })),
      ) as [Imported[], Imported[]];
      const of = (what: string) => `ABI ${abi}, ${module}: ${what}`;
      add(of("all that may be called at the start"), allowed, abi, ["_initialize", "main"], true);
      add(of("all that may be called at the start, in _start"), allowed, abi, ["_start"]);
      add(of("all that may be called at the start, in __main_void"), allowed, abi, ["_initialize", "__main_void"]);
      add(
        of("the rest, later"),
        refused.filter(({ signature: { name } }) => !leftOut.has(name)),
        abi,
        [],
        true,
      );
      for (const one of refused) add(of(`${one.signature.name} at the start`), [one], abi, ["_initialize"]);
      for (const phase of ["_start", "main", "__main_void"] as const)
        add(
          of(`${refused[0]?.signature.name} in ${phase}`),
          refused.slice(0, 1),
          abi,
          phase === "_start" ? [phase] : ["_initialize", phase],
        );
    }
  }
  return made;
}
