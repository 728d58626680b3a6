import {
  Action,
  BufferType,
  decodeUtf8,
  defineFilter,
  LogLevel,
  MapType,
  type Name,
  setProperty,
} from "@wasm-header-filter/filter-js/guest";
import { makeId } from "./ids.ts";
import { readTraceparent, type TraceContext, writeTraceparent } from "./trace-context.ts";

interface Plugin {
  /** The response header that gets the trace's id; undefined: none. */
  readonly response: Name | undefined;
  /** The flags of a new trace. */
  readonly flags: string;
}

interface Stream {
  readonly plugin: Plugin;
  traceId?: string;
}

/** Continues the trace of a request, or begins one: the upstream gets `traceparent` with this proxy as its parent. */
export default defineFilter<Plugin, Stream>((host) => {
  const traceparent = host.internName("traceparent");
  const tracestate = host.internName("tracestate");

  /** A trace of another vendor's state is continued only with its parent. */
  function begin(flags: string): Omit<TraceContext, "parentId"> {
    host.removeHeader(MapType.RequestHeaders, tracestate);
    return { traceId: makeId(32), flags };
  }

  return {
    onConfigure(size) {
      try {
        const bytes = size > 0 ? host.getBuffer(BufferType.PluginConfiguration, 0, size).value : undefined;
        const { responseHeader, sampled = true } = JSON.parse((bytes && decodeUtf8(bytes)) ?? "{}");
        if (typeof sampled !== "boolean") throw new Error("sampled: expected true or false");
        if (responseHeader !== undefined && !/^[\w-]+$/.test(responseHeader)) {
          throw new Error("responseHeader: expected a header's name");
        }
        const response = responseHeader === undefined ? undefined : host.internName(responseHeader.toLowerCase());
        return { response, flags: sampled ? "01" : "00" };
      } catch (error) {
        host.log(LogLevel.Error, `traceparent: configuration refused: ${(error as Error).message}`);
        return undefined;
      }
    },

    onStream: (plugin) => ({ plugin }),

    onRequestHeaders(stream) {
      const given = host.getHeader(MapType.RequestHeaders, traceparent).value ?? "";
      const { traceId, flags } = readTraceparent(given) ?? begin(stream.plugin.flags);
      stream.traceId = traceId;
      const sent = writeTraceparent({ traceId, parentId: makeId(16), flags });
      host.replaceHeader(MapType.RequestHeaders, traceparent, sent);
      // For access logs, and for filters behind this one.
      setProperty(host, ["trace_id"], traceId);
      return Action.Continue;
    },

    onResponseHeaders({ plugin, traceId }) {
      if (plugin.response && traceId) host.replaceHeader(MapType.ResponseHeaders, plugin.response, traceId);
      return Action.Continue;
    },
  };
});
