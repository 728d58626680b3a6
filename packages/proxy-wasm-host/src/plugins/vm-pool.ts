import { sameBytes } from "../abi/bytes.ts";
import type { Finding } from "../check/finding.ts";
import { inspect } from "../check/inspection.ts";
import { link } from "../host-functions/link.ts";
import type { HostServices } from "../vm/services.ts";
import { Vm, type VmOptions } from "../vm/vm.ts";
import { limitMemories } from "../wasm/memory-limit.ts";
import type { WasmModule } from "../wasm/wasm-module.ts";

/** Why a module can't be used: the first of its faults. */
class ModuleError extends Error {
  override name = "ModuleError";
  readonly finding: Finding;

  constructor(finding: Finding) {
    super(`the module ${finding.what}: ${finding.why}; ${finding.fix}`);
    this.finding = finding;
  }
}

/** A module that needs more memory than it may have. */
class MemoryError extends Error {
  override name = "MemoryError";
}

/** A module that was compiled from these bytes. */
interface Loaded {
  readonly code: Uint8Array;
  readonly module: WasmModule;
}

/** A VM and what it was made from. */
interface Shared {
  readonly vm: Vm;
  readonly code: Uint8Array;
  readonly options: VmOptions;
}

/** The VMs of a host: plugins with the same module, id and VM configuration share one (proxy-wasm-cpp-host, src/wasm.cc, makeVmKey). */
export class VmPool {
  readonly #services: HostServices;
  #modules: readonly Loaded[] = [];
  #shared: readonly Shared[] = [];

  constructor(services: HostServices) {
    this.#services = services;
  }

  /** The VM that serves; a fresh one if there is none yet or it died. */
  shared(code: Uint8Array, options: VmOptions): Vm {
    this.#forgetUnused(code);
    const known = this.#shared.find((one) => isFor(one, code, options));
    if (known && known.vm.failure === undefined) return known.vm;
    const vm = this.fresh(code, options);
    this.#shared = [...this.#shared.filter((one) => one !== known), { vm, code, options }];
    return vm;
  }

  /**
   * A VM of its own whose `_initialize` has run, well or badly.
   *
   * @throws ModuleError if the module can't be loaded
   * @throws MemoryError if its memory begins above the limit
   */
  fresh(code: Uint8Array, options: VmOptions): Vm {
    const vm = new Vm(this.#module(code), this.#services, options, link);
    vm.initialize();
    return vm;
  }

  /** A VM goes with its last plugin (proxy-wasm-cpp-host, src/wasm.cc, base_wasms), and a module with its last VM. */
  #forgetUnused(needed: Uint8Array): void {
    this.#shared = this.#shared.filter(({ vm }) => vm.inUse);
    const used = new Set(this.#shared.map(({ vm }) => vm.module));
    this.#modules = this.#modules.filter(({ module, code }) => used.has(module) || sameBytes(code, needed));
  }

  #module(code: Uint8Array): WasmModule {
    const known = this.#modules.find((one) => sameBytes(one.code, code));
    if (known) return known.module;
    const { module, findings } = inspect(code);
    if (!module) throw new ModuleError(findings.find(({ severity }) => severity === "error") as Finding);
    const limited = { ...module, compiled: compile(module, code, this.#services.memoryPages) };
    this.#modules = [...this.#modules, { code, module: limited }];
    return limited;
  }
}

/** @throws MemoryError if a memory begins above the limit */
function compile({ compiled, memories }: WasmModule, code: Uint8Array, pages: number): WebAssembly.Module {
  const initial = Math.max(0, ...memories.map((one) => one.initial));
  if (initial > pages) {
    throw new MemoryError(`the module begins with ${initial} pages of memory, expected at most ${pages}: the limit`);
  }
  if (memories.every(({ maximum = Number.POSITIVE_INFINITY }) => maximum <= pages)) return compiled;
  return new WebAssembly.Module(limitMemories(code, pages) as Uint8Array<ArrayBuffer>);
}

const isFor = (one: Shared, code: Uint8Array, { id, configuration }: VmOptions): boolean =>
  one.options.id === id && sameBytes(one.options.configuration, configuration) && sameBytes(one.code, code);
