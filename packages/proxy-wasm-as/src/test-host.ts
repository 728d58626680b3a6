type Call = [name: string, ...args: (string | number | bigint)[]];

/** How the arguments of a host function read: `text` is an address and a size, `out` an address that it writes to. */
const SHAPES: Record<string, readonly ("number" | "text" | "out")[]> = {
  proxy_log: ["number", "text"],
  proxy_get_header_map_value: ["number", "text", "out", "out"],
  proxy_add_header_map_value: ["number", "text", "text"],
  proxy_get_header_map_pairs: ["number", "out", "out"],
  proxy_set_header_map_pairs: ["number", "text"],
  proxy_send_local_response: ["number", "text", "text", "text", "number"],
  proxy_get_buffer_status: ["number", "out", "out"],
  proxy_get_buffer_bytes: ["number", "number", "number", "out", "out"],
  proxy_set_buffer_bytes: ["number", "number", "number", "text"],
  proxy_get_property: ["text", "out", "out"],
  proxy_define_metric: ["number", "text", "out"],
  proxy_increment_metric: ["number", "number"],
  proxy_record_metric: ["number", "number"],
  proxy_get_metric: ["number", "out"],
  proxy_http_call: ["text", "text", "text", "text", "number", "out"],
  proxy_set_effective_context: ["number"],
  proxy_get_shared_data: ["text", "out", "out", "out"],
  proxy_set_shared_data: ["text", "text", "number"],
  proxy_register_shared_queue: ["text", "out"],
  proxy_resolve_shared_queue: ["text", "text", "out"],
  proxy_enqueue_shared_queue: ["number", "text"],
  proxy_dequeue_shared_queue: ["number", "out", "out"],
  proxy_set_tick_period_milliseconds: ["number"],
  proxy_get_current_time_nanoseconds: ["out"],
};

/** What a host function does: it may deliver bytes, a number or a number beside the bytes to where `out` says, and returns a status. */
type Answer = (
  to: { bytes(...all: Uint8Array[]): void; number(value: number): void; beside(value: number): void },
  ...args: Call[number][]
) => number;

/** A host whose answers a test writes, and which keeps every call with its arguments read from the module's memory. */
export class TestHost {
  /** Host function -> its answer; left out: status 0, nothing delivered. */
  readonly answers: Record<string, Answer> = {};
  calls: Call[] = [];
  readonly exports: Record<string, (...args: number[]) => number> & { memory: WebAssembly.Memory };

  constructor(binary: Uint8Array<ArrayBuffer>) {
    const module = new WebAssembly.Module(binary);
    const env = Object.fromEntries(
      WebAssembly.Module.imports(module).map(({ name }) => [name, (...raw: number[]) => this.#answer(name, raw)]),
    );
    this.exports = new WebAssembly.Instance(module, { env }).exports as typeof this.exports;
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
    const out: number[] = [];
    for (const shape of SHAPES[name] ?? []) {
      const value = raw.shift() ?? 0;
      if (shape === "text") args.push(Buffer.from(this.exports.memory.buffer, value, raw.shift()).toString("latin1"));
      else (shape === "out" ? out : args).push(value);
    }
    this.calls.push([name, ...args]);
    const [first = 0, second = 0, third = 0] = out;
    const write = (address: number, value: number) =>
      new DataView(this.exports.memory.buffer).setUint32(address, value, true);
    const bytes = (...all: Uint8Array[]) => {
      for (const each of all) {
        const address = each.length > 0 ? (this.exports.malloc?.(each.length) ?? 0) : 0;
        new Uint8Array(this.exports.memory.buffer).set(each, address);
        write(first, address);
        write(second, each.length);
      }
    };
    const number = (value: number) => write(first, value);
    const beside = (value: number) => write(third, value);
    return this.answers[name]?.({ bytes, number, beside }, ...args) ?? 0;
  }
}
