import {
  Action,
  BufferType,
  Bytes,
  closeStream,
  Contexts,
  Counter,
  Gauge,
  getBuffer,
  Histogram,
  log,
  LogLevel,
  make,
  received,
  setBuffer,
  Status,
  StreamType,
  Writer,
} from "proxy-wasm-as";

export * from "proxy-wasm-as/abi";

const open = Gauge.named("passphrase_open");
const denied = Counter.named("passphrase_denied");
const sizes = Histogram.named("passphrase_bytes");
const rest = make<Writer>();

/** What a connection's first line must be, its line feed included. */
const passphrases = new Contexts<Bytes>();

export function proxy_on_context_create(id: u32, parent: u32): void {
  passphrases.create(id, parent);
}

/** Reads the passphrase from the configuration. */
export function proxy_on_configure(id: u32, size: u32): bool {
  if (!size || getBuffer(BufferType.PluginConfiguration, 0, size) != Status.Ok) {
    log(LogLevel.Error, "passphrase: configuration refused: expected the passphrase");
    return false;
  }
  const old = passphrases.set(id, rest.clear().bytesOf(received).byte(0x0a).keep());
  if (old) old.free();
  return open.define() == Status.Ok && denied.define() == Status.Ok && sizes.define() == Status.Ok;
}

export function proxy_on_new_connection(id: u32): Action {
  open.add(1);
  return Action.Continue;
}

/** Buffers data until it is as long as the passphrase; then removes the passphrase, or closes the connection. */
export function proxy_on_downstream_data(id: u32, size: u32, endOfStream: bool): Action {
  const passphrase = passphrases.of(id);
  if (!passphrase) return Action.Continue;
  const enough = size >= <u32>passphrase.length;
  if (!enough && !endOfStream) return Action.Pause;
  if (!enough || getBuffer(BufferType.DownstreamData, 0, size) != Status.Ok || !received.startsWith(passphrase)) {
    denied.add(1);
    closeStream(StreamType.Downstream);
    return Action.Pause;
  }
  // The connection needs no state any more: the rest passes.
  passphrases.delete(id);
  setBuffer(BufferType.DownstreamData, 0, size, rest.clear().bytesOf(received, passphrase.length));
  return Action.Continue;
}

export function proxy_on_upstream_data(id: u32, size: u32, endOfStream: bool): Action {
  if (size) sizes.record(size);
  return Action.Continue;
}

export function proxy_on_downstream_connection_close(id: u32, peer: u32): void {
  open.add(-1);
}

export function proxy_on_delete(id: u32): void {
  const passphrase = passphrases.delete(id);
  if (passphrase) passphrase.free();
}
