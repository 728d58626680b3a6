import type { Implementation, Signature } from "../abi/signature.ts";
import type { VmMetrics } from "../shared/metrics.ts";
import type { Memory } from "../wasm/memory.ts";
import type { Context } from "./context.ts";

/** What observers see of a VM. */
export interface ObservedVm {
  /** The context that host functions act on. */
  readonly context: Context;
  readonly memory: Memory;
  readonly metrics: VmMetrics;
}

/** Observes each callback of a VM, and wraps each host function. */
export interface Observer {
  /** A callback starts. */
  entered(context: Context, name: string, values: readonly number[]): void;
  /** A callback has returned. */
  left(context: Context, name: string, values: readonly number[], result: number | undefined, vm: ObservedVm): void;
  /** A callback has trapped. */
  trapped?(context: Context, name: string, reason: string, vm: ObservedVm): void;
  /** Wraps a host function, to observe its calls. */
  wrap(vm: ObservedVm, fn: Signature, implementation: Implementation): Implementation;
}

/** Two observers as one. */
export function both(first: Observer | undefined, second: Observer | undefined): Observer | undefined {
  if (!first || !second) return first ?? second;
  return {
    entered(...event) {
      first.entered(...event);
      second.entered(...event);
    },
    left(...event) {
      first.left(...event);
      second.left(...event);
    },
    trapped(...event) {
      first.trapped?.(...event);
      second.trapped?.(...event);
    },
    wrap: (vm, fn, implementation) => first.wrap(vm, fn, second.wrap(vm, fn, implementation)),
  };
}
