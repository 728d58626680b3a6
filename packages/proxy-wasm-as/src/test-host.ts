type Call = [name: string, ...args: (string | number | bigint)[]];

/**
 * How the arguments of a host function read: `text` is an address and a size; `bytes` two addresses, where it writes those of what it
 * delivers; `out` an address that it writes to itself.
 */
const SHAPES: Record<string, readonly ("number" | "text" | "bytes" | "out")[]> = {
  proxy_log: ["number", "text"],
  proxy_get_header_map_value: ["number", "text", "bytes"],
  proxy_add_header_map_value: ["number", "text", "text"],
  proxy_get_header_map_pairs: ["number", "bytes"],
  proxy_set_header_map_pairs: ["number", "text"],
  proxy_send_local_response: ["number", "text", "text", "text", "number"],
  proxy_get_buffer_status: ["number", "out", "out"],
  proxy_get_buffer_bytes: ["number", "number", "number", "bytes"],
  proxy_set_buffer_bytes: ["number", "number", "number", "text"],
  proxy_get_property: ["text", "bytes"],
  proxy_define_metric: ["number", "text", "out"],
  proxy_increment_metric: ["number", "number"],
  proxy_record_metric: ["number", "number"],
  proxy_get_metric: ["number", "out"],
  proxy_http_call: ["text", "text", "text", "text", "number", "out"],
  proxy_grpc_call: ["text", "text", "text", "text", "text", "number", "out"],
  proxy_grpc_stream: ["text", "text", "text", "text", "out"],
  proxy_grpc_send: ["number", "text", "number"],
  proxy_grpc_close: ["number"],
  proxy_grpc_cancel: ["number"],
  proxy_get_status: ["out", "bytes"],
  proxy_set_effective_context: ["number"],
  proxy_get_shared_data: ["text", "bytes", "out"],
  proxy_set_shared_data: ["text", "text", "number"],
  proxy_register_shared_queue: ["text", "out"],
  proxy_resolve_shared_queue: ["text", "text", "out"],
  proxy_enqueue_shared_queue: ["number", "text"],
  proxy_dequeue_shared_queue: ["number", "bytes"],
  proxy_set_tick_period_milliseconds: ["number"],
  proxy_get_current_time_nanoseconds: ["out"],
  proxy_call_foreign_function: ["text", "text", "bytes"],
  clock_time_get: ["number", "number", "out"],
  random_get: ["out", "number"],
  environ_sizes_get: ["out", "out"],
  environ_get: ["out", "out"],
};

/** Where a host function delivers. */
interface To {
  /** Delivers bytes by way of the module's allocator; all but the last for nothing. */
  bytes(...all: Uint8Array[]): void;
  /** Writes a number to one of the `out`s, the first by default. */
  number(value: number, at?: number): void;
  /** Writes bytes from one of the `out`s on; gives its address. */
  raw(bytes: Uint8Array, at?: number): number;
}

/** What a host function does: it may deliver something, and returns a status. */
type Answer = (to: To, ...args: Call[number][]) => number;

/** A host whose answers a test writes, and which keeps every call with its arguments read from the module's memory. */
export class TestHost {
  /** Host function -> its answer; left out: status 0, nothing delivered. */
  readonly answers: Record<string, Answer> = {};
  calls: Call[] = [];
  readonly exports: Record<string, (...args: number[]) => number> & { memory: WebAssembly.Memory };

  constructor(binary: Uint8Array<ArrayBuffer>) {
    const module = new WebAssembly.Module(binary);
    const imports: Record<string, Record<string, (...raw: number[]) => number>> = {};
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      imports[from] = { ...imports[from], [name]: (...raw) => this.#answer(name, raw) };
    }
    this.exports = new WebAssembly.Instance(module, imports).exports as typeof this.exports;
    this.exports._initialize?.();
  }

  /** Runs an export and tells what it called, without the addresses it gave. */
  run(name: string, ...args: number[]): Call[] {
    this.calls = [];
    this.exports[name]?.(...args);
    return this.calls;
  }

  get pages(): number {
    return this.exports.memory.buffer.byteLength / 65536;
  }

  #answer(name: string, raw: number[]): number {
    const args: Call[number][] = [];
    const [bytesAt, outs]: [number[], number[]] = [[], []];
    for (const shape of SHAPES[name] ?? []) {
      const value = raw.shift() ?? 0;
      if (shape === "text") args.push(Buffer.from(this.exports.memory.buffer, value, raw.shift()).toString("latin1"));
      else if (shape === "bytes") bytesAt.push(value, raw.shift() ?? 0);
      else (shape === "out" ? outs : args).push(value);
    }
    this.calls.push([name, ...args]);
    return this.answers[name]?.(this.#to(bytesAt, outs), ...args) ?? 0;
  }

  #to([data = 0, size = 0]: readonly number[], outs: readonly number[]): To {
    const write = (address: number, value: number) =>
      new DataView(this.exports.memory.buffer).setUint32(address, value, true);
    const copy = (bytes: Uint8Array, address: number) => new Uint8Array(this.exports.memory.buffer).set(bytes, address);
    return {
      bytes: (...all) => {
        for (const bytes of all) {
          const address = bytes.length > 0 ? (this.exports.malloc?.(bytes.length) ?? 0) : 0;
          copy(bytes, address);
          write(data, address);
          write(size, bytes.length);
        }
      },
      number: (value, at = 0) => write(outs[at] ?? 0, value),
      raw: (bytes, at = 0) => {
        copy(bytes, outs[at] ?? 0);
        return outs[at] ?? 0;
      },
    };
  }
}
