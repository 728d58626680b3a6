import { createHash } from "node:crypto";
import type { Finding } from "./doctor/finding.ts";
import { inspect } from "./inspection.ts";
import { link } from "./link.ts";
import { limitMemories } from "./memory-limit.ts";
import type { HostServices } from "./services.ts";
import { Vm, type VmOptions } from "./vm.ts";
import type { WasmModule } from "./wasm-module.ts";

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

/** The VMs of a host: plugins with the same module, id and VM configuration share one (proxy-wasm-cpp-host, src/wasm.cc, makeVmKey). */
export class VmPool {
  readonly #services: HostServices;
  readonly #modules = new Map<string, WasmModule>();
  readonly #vms = new Map<string, Vm>();

  constructor(services: HostServices) {
    this.#services = services;
  }

  /** The VM that serves; a fresh one if there is none yet or it died. */
  shared(code: Uint8Array, options: VmOptions): Vm {
    const key = [digest(code), options.id, digest(options.configuration)].join(" ");
    this.#forgetUnused(code);
    const known = this.#vms.get(key);
    if (known && known.failure === undefined) return known;
    const vm = this.fresh(code, options);
    this.#vms.set(key, vm);
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
    for (const [key, vm] of this.#vms) if (!vm.inUse) this.#vms.delete(key);
    const used = new Set([...this.#vms.values()].map(({ module }) => module));
    for (const [key, module] of this.#modules) {
      if (!used.has(module) && key !== digest(needed)) this.#modules.delete(key);
    }
  }

  #module(code: Uint8Array): WasmModule {
    const key = digest(code);
    const known = this.#modules.get(key);
    if (known) return known;
    const { module, findings } = inspect(code);
    if (!module) throw new ModuleError(findings.find(({ severity }) => severity === "error") as Finding);
    const limited = { ...module, compiled: compile(module, code, this.#services.memoryPages) };
    this.#modules.set(key, limited);
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
  return new WebAssembly.Module(limitMemories(code, pages));
}

const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
