import { Action, BufferType, decodeUtf8, defineFilter, LogLevel, MapType } from "@wasm-header-filter/filter-js/guest";

/** Greets each response with a header. The configuration is `{"greeting": "hello"}`. */
export default defineFilter((host) => {
  const name = host.internName("x-greeting");
  return {
    /** Returns what the other callbacks are called with; undefined refuses the configuration. */
    onConfigure(size) {
      const { value } = host.getBuffer(BufferType.PluginConfiguration, 0, size);
      const { greeting } = JSON.parse((value && decodeUtf8(value)) || "{}") as { greeting?: unknown };
      if (typeof greeting === "string") return { greeting };
      host.log(LogLevel.Error, '{{name}}: expected a configuration such as {"greeting": "hello"}');
      return undefined;
    },

    onResponseHeaders({ greeting }) {
      host.addHeader(MapType.ResponseHeaders, name, greeting);
      return Action.Continue;
    },
  };
});
