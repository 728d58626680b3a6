/** Just enough of a Proxy-Wasm host to run one script in a filter: it logs, and hands out the configuration. */
export class Machine {
  readonly #module: WebAssembly.Module;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#module = new WebAssembly.Module(bytes);
  }

  /**
   * Runs scripts in a VM of their own.
   *
   * @param script the configuration of `filter.ts`
   * @returns the lines that were logged; the last one says that the VM trapped if it did
   */
  run(script: string): string[] {
    const lines: string[] = [];
    const input = new TextEncoder().encode(script);
    let exports: Record<string, (...args: number[]) => number>;
    const memory = () => (exports.memory as unknown as WebAssembly.Memory).buffer;
    const text = (at: number, size: number) => new TextDecoder().decode(new Uint8Array(memory(), at, size));
    const functions: Record<string, (...args: number[]) => number> = {
      proxy_log(_level = 0, at = 0, size = 0) {
        lines.push(text(at, size));
        return 0;
      },
      proxy_get_buffer_bytes(_buffer = 0, _start = 0, _length = 0, pointer = 0, size = 0) {
        const at = exports.malloc?.(input.length) ?? 0;
        new Uint8Array(memory(), at, input.length).set(input);
        new DataView(memory()).setUint32(pointer, at, true);
        new DataView(memory()).setUint32(size, input.length, true);
        return 0;
      },
      proxy_get_current_time_nanoseconds(result = 0) {
        new DataView(memory()).setBigUint64(result, BigInt(Date.now()) * 1_000_000n, true);
        return 0;
      },
      clock_time_get(_clock = 0, _precision = 0, result = 0) {
        return functions.proxy_get_current_time_nanoseconds?.(result) ?? 0;
      },
      environ_sizes_get(count = 0, size = 0) {
        new DataView(memory()).setUint32(count, 0, true);
        new DataView(memory()).setUint32(size, 0, true);
        return 0;
      },
    };
    const imports: Record<string, Record<string, () => number>> = {};
    for (const { module, name } of WebAssembly.Module.imports(this.#module)) {
      imports[module] = { ...imports[module], [name]: functions[name] ?? (() => 0) };
    }
    try {
      exports = new WebAssembly.Instance(this.#module, imports).exports as typeof exports;
      exports._initialize?.();
      exports.proxy_on_context_create?.(1, 0);
      exports.proxy_on_configure?.(1, input.length);
    } catch (error) {
      lines.push(`Test262:Trapped: ${(error as Error).message}`);
    }
    return lines;
  }
}
