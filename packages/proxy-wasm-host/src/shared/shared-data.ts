import { Status } from "../abi/status.ts";

interface Entry {
  readonly value: Uint8Array;
  /** The compare-and-swap number: a write with it succeeds only while this value is stored. */
  readonly cas: number;
}

/** Values that all VMs of one id share (proxy-wasm-cpp-host, src/shared_data.cc). */
export class SharedData {
  readonly #entries = new Map<string, Entry>();
  #lastCas = 0;

  /** @returns the value and its compare-and-swap number; undefined for an unknown key */
  get(vmId: string, key: string): Entry | undefined {
    return this.#entries.get(`${vmId}\0${key}`);
  }

  /**
   * Stores a value.
   *
   * @param cas the number of the value to replace; 0 replaces any
   * @returns OK; CAS_MISMATCH if `cas` is not 0 and not the stored value's number
   */
  set(vmId: string, key: string, value: Uint8Array, cas: number): Status {
    const old = this.get(vmId, key);
    if (old && cas !== 0 && cas !== old.cas) return Status.CAS_MISMATCH;
    // 0 means "replace any value", so no value has it.
    this.#lastCas = (this.#lastCas + 1) >>> 0 || 1;
    this.#entries.set(`${vmId}\0${key}`, { value, cas: this.#lastCas });
    return Status.OK;
  }
}
