import {
  Action,
  BufferType,
  ConnectionBuffer,
  closeStream,
  decodeUtf8,
  defineFilter,
  StreamType,
} from "@wasm-header-filter/filter-js/guest";

/** Closes the connections in which it fails: in the callback that the configuration names, or where data says so. */
export default defineFilter<string>((host) => {
  function failIn(places: string, place: string): void {
    // Engines have different stacks.
    if (places.includes(place)) throw Object.assign(new RangeError(place), { stack: "" });
  }

  return {
    onError: "deny",

    onConfigure(size) {
      const bytes = size > 0 ? host.getBuffer(BufferType.PluginConfiguration, 0, size).value : undefined;
      return bytes ? (decodeUtf8(bytes) ?? "") : "";
    },

    onStream(places) {
      failIn(places, "onStream");
      return places;
    },

    onDownstreamData(places, size) {
      const { value } = host.getBuffer(ConnectionBuffer.DownstreamData, 0, size);
      if (places.includes("close")) closeStream(host, StreamType.Downstream);
      failIn(places, "onDownstreamData");
      if (value) failIn(decodeUtf8(value) ?? "", "fail");
      return Action.Continue;
    },

    onUpstreamData(places) {
      failIn(places, "onUpstreamData");
      return Action.Continue;
    },

    onDownstreamConnectionClose(places) {
      failIn(places, "onDownstreamConnectionClose");
    },
  };
});
