import {
  addHeader,
  BufferType,
  Bytes,
  defineMetric,
  getBuffer,
  free,
  getHeader,
  HeaderMap,
  incrementMetric,
  log,
  LogLevel,
  make,
  MetricType,
  received,
  receivedNumber,
  release,
  Status,
  Writer,
} from "proxy-wasm-as";
import { ANNOUNCEMENT } from "../build/about";
import { readConfiguration } from "./configuration";
import { appendFailure, HostFunction } from "./failure";
import { Headers } from "./headers";

const HELLO = Bytes.ascii("hello");
const COUNTER = Bytes.ascii("hello_header_counter");

/** One configured filter: a root context's headers and counter. */
@unmanaged
export class Root {
  /** Null until the first good configuration. */
  private headers: Headers | null;
  private counter: u32;
  /** A bit for each host function whose failure was logged. */
  private reported: u32;

  /**
   * Applies a configuration, or logs why it is refused and keeps the last good one.
   *
   * @param size the configuration's number of bytes
   * @returns the result of `proxy_on_configure`
   */
  configure(size: u32): bool {
    const line = make<Writer>();
    const headers = Headers.make();
    const good = this.accept(size, headers, line);
    if (good) {
      if (this.headers) this.headers!.free();
      this.headers = headers;
    } else {
      log(LogLevel.Error, line);
      headers.free();
    }
    line.free();
    return good;
  }

  private accept(size: u32, headers: Headers, line: Writer): bool {
    if (size) {
      const status = getBuffer(BufferType.PluginConfiguration, 0, size);
      if (status != Status.Ok) return appendFailure(line, HostFunction.GetBufferBytes, status);
      line.ascii("header filter: configuration refused: ");
      const good = readConfiguration(received, headers, line);
      release();
      if (!good) return false;
    }
    let status = defineMetric(MetricType.Counter, COUNTER);
    if (status != Status.Ok) return appendFailure(line, HostFunction.DefineMetric, status);
    const counter = <u32>receivedNumber();
    line.clear().ascii(ANNOUNCEMENT).decimal(headers.count).ascii(" response headers");
    status = log(LogLevel.Info, line);
    if (status != Status.Ok) return appendFailure(line, HostFunction.Log, status);
    this.counter = counter;
    return true;
  }

  /** Counts the request if it has the header `hello`, empty or not. */
  count(): void {
    if (!this.headers) return;
    const status = getHeader(HeaderMap.RequestHeaders, HELLO);
    if (status == Status.Ok) this.check(HostFunction.IncrementMetric, incrementMetric(this.counter, 1));
    else if (status != Status.NotFound) this.check(HostFunction.GetHeaderMapValue, status);
  }

  /** Adds the configured headers to the response. */
  addHeaders(): void {
    const headers = this.headers;
    if (!headers) return;
    for (let i = 0; i < headers.count; i++) {
      const status = addHeader(HeaderMap.ResponseHeaders, headers.name(i), headers.value(i));
      this.check(HostFunction.AddHeaderMapValue, status);
    }
  }

  /** Logs a host function's failure the first time it fails. */
  // @ts-ignore: decorator
  @inline
  private check(callee: HostFunction, status: Status): void {
    if (status != Status.Ok) this.report(callee, status);
  }

  private report(callee: HostFunction, status: Status): void {
    if (this.reported & (1 << callee)) return;
    this.reported |= 1 << callee;
    const line = make<Writer>();
    appendFailure(line, callee, status);
    log(LogLevel.Warn, line);
    line.free();
  }

  /** Frees everything. */
  free(): void {
    if (this.headers) this.headers!.free();
    free(changetype<usize>(this));
  }
}
