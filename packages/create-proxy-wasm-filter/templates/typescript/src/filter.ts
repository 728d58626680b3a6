import { Action, defineFilter, LogLevel, MapType, readJson } from "@wasm-header-filter/filter-js/guest";
import type { Configuration } from "./configuration.ts";

/** Greets each response with a header. */
export default defineFilter((host) => {
  const name = host.internName("x-greeting");
  return {
    /** Returns what the other callbacks are called with; undefined refuses the configuration. */
    onConfigure(size) {
      const { value, error = 'expected a configuration such as {"greeting": "hello"}' } = readJson<Configuration>(
        host,
        size,
      );
      if (typeof value?.greeting === "string") return value;
      host.log(LogLevel.Error, `{{name}}: ${error}`);
      return undefined;
    },

    onResponseHeaders({ greeting }) {
      host.addHeader(MapType.ResponseHeaders, name, greeting);
      return Action.Continue;
    },
  };
});
