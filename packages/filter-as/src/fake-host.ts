const utf8 = new TextEncoder();

/** What a call of the module left behind. */
export interface Seen {
  calls: string[];
  log: { level: number; message: Uint8Array }[];
  added: [name: Uint8Array, value: Uint8Array][];
  counted: bigint;
}

interface Exports {
  memory: WebAssembly.Memory;
  malloc(size: number): number;
  _initialize(): void;
  proxy_on_context_create(id: number, parent: number): void;
  proxy_on_configure(id: number, size: number): number;
  proxy_on_request_headers(id: number, headers: number, endOfStream: number): number;
  proxy_on_response_headers(id: number, headers: number, endOfStream: number): number;
  proxy_on_delete(id: number): void;
}

/** The few host functions that the header filter calls, and nothing of a proxy: for tests of the module alone. */
export class FakeHost {
  /** Host function -> the status it returns instead of working. */
  readonly faults: Record<string, number> = {};
  /** The request's `hello`; undefined: it has none. */
  hello: string | undefined;
  #configuration: Uint8Array = new Uint8Array();
  #exports: Exports;
  #seen: Seen = nothing();

  constructor(module: WebAssembly.Module) {
    const env = {
      proxy_get_buffer_bytes: (_buffer: number, start: number, size: number, data: number, length: number) =>
        this.#call("proxy_get_buffer_bytes", () =>
          this.#deliver(this.#configuration.subarray(start, start + size), data, length),
        ),
      proxy_define_metric: (_type: number, _name: number, _size: number, id: number) =>
        this.#call("proxy_define_metric", () => this.#view.setUint32(id, 4, true)),
      proxy_log: (level: number, data: number, size: number) =>
        this.#call("proxy_log", () => this.#seen.log.push({ level, message: this.#bytes(data, size) })),
      proxy_get_header_map_value: (_map: number, _key: number, _keySize: number, data: number, length: number) =>
        this.#call("proxy_get_header_map_value", () => {
          if (this.hello === undefined) return 1;
          return this.#deliver(utf8.encode(this.hello), data, length);
        }),
      proxy_increment_metric: (_id: number, delta: bigint) =>
        this.#call("proxy_increment_metric", () => {
          this.#seen.counted += delta;
        }),
      proxy_add_header_map_value: (_map: number, key: number, keySize: number, value: number, valueSize: number) =>
        this.#call("proxy_add_header_map_value", () => {
          this.#seen.added.push([this.#bytes(key, keySize), this.#bytes(value, valueSize)]);
        }),
    };
    this.#exports = new WebAssembly.Instance(module, { env }).exports as unknown as Exports;
    this.#exports._initialize();
  }

  /** Pages of linear memory. */
  get pages(): number {
    return this.#exports.memory.buffer.byteLength / 65536;
  }

  create(id: number, parent = 0): void {
    this.#exports.proxy_on_context_create(id, parent);
  }

  delete(id: number): void {
    this.#exports.proxy_on_delete(id);
  }

  configure(root: number, configuration: Uint8Array): Seen & { good: boolean } {
    this.#configuration = configuration;
    const { result, ...seen } = this.#watch(() => this.#exports.proxy_on_configure(root, configuration.length));
    return { ...seen, good: result === 1 };
  }

  request(id: number): Seen {
    return this.#watch(() => this.#exports.proxy_on_request_headers(id, 0, 1));
  }

  response(id: number): Seen {
    return this.#watch(() => this.#exports.proxy_on_response_headers(id, 0, 1));
  }

  #watch(run: () => number): Seen & { result: number } {
    this.#seen = nothing();
    const result = run();
    return { ...this.#seen, result };
  }

  #call(name: string, work: () => unknown): number {
    this.#seen.calls.push(name);
    const fault = this.faults[name];
    if (fault !== undefined) return fault;
    const status = work();
    return name === "proxy_get_header_map_value" ? (status as number) : 0;
  }

  #deliver(bytes: Uint8Array, data: number, length: number): number {
    const address = bytes.length > 0 ? this.#exports.malloc(bytes.length) : 0;
    new Uint8Array(this.#exports.memory.buffer).set(bytes, address);
    this.#view.setUint32(data, address, true);
    this.#view.setUint32(length, bytes.length, true);
    return 0;
  }

  get #view(): DataView {
    return new DataView(this.#exports.memory.buffer);
  }

  #bytes(data: number, size: number): Uint8Array {
    return new Uint8Array(this.#exports.memory.buffer, data, size).slice();
  }
}

function nothing(): Seen {
  return { calls: [], log: [], added: [], counted: 0n };
}
