import { sameBytes } from "../abi/bytes.ts";
import { inspect } from "../check/inspection.ts";
import { MemoryLimitError, ModuleError } from "../errors.ts";
import { link } from "../host-functions/link.ts";
import type { HostServices } from "../vm/services.ts";
import { Vm, type VmOptions } from "../vm/vm.ts";
import { limitMemories } from "../wasm/memory-limit.ts";
import type { WasmModule } from "../wasm/wasm-module.ts";

/** A compiled module and its bytes. */
interface Loaded {
  readonly code: Uint8Array;
  readonly module: WasmModule;
}

/** A VM, and the bytes and options that it was created from. */
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

  /** The VM that serves; a new one if there is none or it has failed. */
  shared(code: Uint8Array, options: VmOptions): Vm {
    this.#forgetUnused(code);
    const known = this.#shared.find((one) => isFor(one, code, options));
    if (known && known.vm.failure === undefined) {
      known.vm.positions = options.positions;
      return known.vm;
    }
    const vm = this.fresh(code, options);
    this.#shared = [...this.#shared.filter((one) => one !== known), { vm, code, options }];
    return vm;
  }

  /**
   * A new VM whose `_initialize` has run; if that trapped, `failure` says so.
   *
   * @throws ModuleError if the module cannot be loaded
   * @throws MemoryLimitError if its memory is larger than the limit from the start
   */
  fresh(code: Uint8Array, options: VmOptions): Vm {
    const vm = new Vm(this.#module(code), this.#services, options, link);
    vm.initialize();
    return vm;
  }

  /** Drops VMs without plugins (proxy-wasm-cpp-host, src/wasm.cc, base_wasms), and modules without VMs. */
  #forgetUnused(needed: Uint8Array): void {
    this.#shared = this.#shared.filter(({ vm }) => vm.inUse);
    const used = new Set(this.#shared.map(({ vm }) => vm.module));
    this.#modules = this.#modules.filter(({ module, code }) => used.has(module) || sameBytes(code, needed));
  }

  #module(code: Uint8Array): WasmModule {
    const known = this.#modules.find((one) => sameBytes(one.code, code));
    if (known) return known.module;
    const { module, findings } = inspect(code);
    const fault = findings.find(({ severity }) => severity === "error");
    if (!module) throw new ModuleError(fault ?? new Error("the module could not be loaded"));
    const limited = { ...module, ...compile(module, code, this.#services.memoryPages) };
    this.#modules = [...this.#modules, { code, module: limited }];
    return limited;
  }
}

/** @throws MemoryLimitError if a memory is larger than the limit from the start */
function compile(module: WasmModule, code: Uint8Array, pages: number): Pick<WasmModule, "compiled" | "shift"> {
  const { memories } = module;
  const initial = Math.max(0, ...memories.map((one) => one.initial));
  if (initial > pages) {
    throw new MemoryLimitError(initial, pages);
  }
  if (memories.every(({ maximum = Number.POSITIVE_INFINITY }) => maximum <= pages)) return module;
  const limited = limitMemories(code, pages) as Uint8Array<ArrayBuffer>;
  return { compiled: new WebAssembly.Module(limited), shift: limited.length - code.length };
}

const isFor = (one: Shared, code: Uint8Array, { id, configuration }: VmOptions): boolean =>
  one.options.id === id && sameBytes(one.options.configuration, configuration) && sameBytes(one.code, code);
