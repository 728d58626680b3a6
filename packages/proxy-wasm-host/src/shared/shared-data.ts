import { Status } from "../abi/status.ts";

interface Entry {
  readonly value: Uint8Array;
  /** The number to give with the next write, if it is to win only against this value. */
  readonly cas: number;
}

/** Values that all VMs of one id share (proxy-wasm-cpp-host, src/shared_data.cc). */
export class SharedData {
  readonly #entries = new Map<string, Entry>();
  #lastCas = 0;

  get(vmId: string, key: string): Entry | undefined {
    return this.#entries.get(`${vmId}\0${key}`);
  }

  /** @returns CAS_MISMATCH if `cas` is not 0 and not the value's own */
  set(vmId: string, key: string, value: Uint8Array, cas: number): Status {
    const old = this.get(vmId, key);
    if (old && cas !== 0 && cas !== old.cas) return Status.CAS_MISMATCH;
    // 0 means "whatever is there", so it is nobody's number.
    this.#lastCas = (this.#lastCas + 1) >>> 0 || 1;
    this.#entries.set(`${vmId}\0${key}`, { value, cas: this.#lastCas });
    return Status.OK;
  }
}
