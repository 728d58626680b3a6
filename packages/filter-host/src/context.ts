import type { HeaderMap } from "./headers.ts";
import type { Vm } from "./vm.ts";

/** A run of bytes that a module may read, and perhaps change, during a callback. */
export interface ByteBuffer {
  readonly length: number;
  /** A copy of bytes; `start` and `end` lie inside. */
  slice(start: number, end: number): Uint8Array;
  /** Puts bytes in the place of `length` bytes at `start`; false where Envoy answers BAD_ARGUMENT. */
  replace(start: number, length: number, bytes: Uint8Array): boolean;
}

/** What host functions act on: the VM itself (id 0), a plugin's root, or one stream. */
export class Context {
  readonly id: number;
  readonly vm: Vm;

  constructor(vm: Vm, id: number) {
    this.vm = vm;
    this.id = id;
  }

  /** The plugin's name in logs. */
  get label(): string {
    return this.vm.label;
  }

  /** The headers or trailers of a kind, or undefined outside the phase they belong to. */
  map(_type: number, _access: "read" | "write"): HeaderMap | undefined {
    return undefined;
  }

  /** The bytes of a kind, or undefined outside the phase they belong to. */
  buffer(_type: number): ByteBuffer | undefined {
    return undefined;
  }
}
