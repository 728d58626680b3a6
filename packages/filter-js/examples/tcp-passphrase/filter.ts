import {
  Action,
  BufferType,
  ConnectionBuffer,
  closeStream,
  defineFilter,
  LogLevel,
  MetricType,
  StreamType,
} from "@wasm-header-filter/filter-js/guest";

interface Plugin {
  /** What a connection's first line must be, its line feed included. */
  passphrase: Uint8Array;
  open: number;
  denied: number;
  sizes: number;
}

interface Connection {
  plugin: Plugin;
  isOpen: boolean;
}

/** Lets a TCP connection pass once its first line is a passphrase. */
export default defineFilter<Plugin, Connection>((host) => {
  function metric(type: MetricType, name: string): number {
    const { value } = host.defineMetric(type, name);
    if (value === undefined) throw new Error(`${name} can't be defined`);
    return value;
  }

  return {
    onConfigure(size) {
      const text = size > 0 ? host.getBuffer(BufferType.PluginConfiguration, 0, size).value : undefined;
      if (!text) {
        host.log(LogLevel.Error, "passphrase: configuration refused: expected the passphrase");
        return undefined;
      }
      return {
        passphrase: Uint8Array.from([...text, 0x0a]),
        open: metric(MetricType.Gauge, "passphrase_open"),
        denied: metric(MetricType.Counter, "passphrase_denied"),
        sizes: metric(MetricType.Histogram, "passphrase_bytes"),
      };
    },

    onStream: (plugin) => ({ plugin, isOpen: false }),

    onNewConnection({ plugin }) {
      host.incrementMetric(plugin.open, 1);
      return Action.Continue;
    },

    /** Buffers data until it is as long as the passphrase; then removes the passphrase, or closes the connection. */
    onDownstreamData(connection, size, endOfStream) {
      const { passphrase, denied } = connection.plugin;
      if (connection.isOpen) return Action.Continue;
      const isEnough = size >= passphrase.length;
      if (!isEnough && !endOfStream) return Action.Pause;
      const given = host.getBuffer(ConnectionBuffer.DownstreamData, 0, passphrase.length).value;
      if (!isEnough || !given || passphrase.some((byte, at) => byte !== given[at])) {
        host.incrementMetric(denied, 1);
        closeStream(host, StreamType.Downstream);
        return Action.Pause;
      }
      connection.isOpen = true;
      host.setBuffer(ConnectionBuffer.DownstreamData, 0, passphrase.length, new Uint8Array(0));
      return Action.Continue;
    },

    onUpstreamData({ plugin }, size) {
      if (size > 0) host.recordMetric(plugin.sizes, size);
      return Action.Continue;
    },

    onDownstreamConnectionClose({ plugin }) {
      host.incrementMetric(plugin.open, -1);
    },
  };
});
