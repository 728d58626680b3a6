import {
  Action,
  BufferType,
  currentContext,
  decodeUtf8,
  defineFilter,
  type HttpAnswer,
  LogLevel,
  MapType,
  respond,
} from "@wasm-header-filter/filter-js/guest";

const REQUEST = { method: "GET", path: "/", authority: "service", timeout: 1000 };

/** Of one plugin. */
interface Configuration {
  readonly label: string;
  /** Asked for when the plugin was configured. */
  readonly early: Promise<HttpAnswer>;
  /** Asked for by the first stream that needs it, for all. */
  shared?: Promise<HttpAnswer>;
}

interface Stream {
  readonly plugin: Configuration;
  way: string | undefined;
}

/** Waits for a service in each way that the request header `waits` names. The plugin's configuration is a label. */
export default defineFilter<Configuration, Stream>((host) => {
  const waits = host.internName("waits");
  const answered = host.internName("x-answered");
  let ofAStream: Promise<HttpAnswer> | undefined;

  const ask = (cluster = "service") => host.httpCall(cluster, REQUEST);
  const textOf = (answer: HttpAnswer) => answer.failure ?? `${answer.status} ${decodeUtf8(answer.body)}`;

  /** What an answer says, if the filter acts on the stream that has waited for it. */
  async function textFor(promise: Promise<HttpAnswer>): Promise<string> {
    const before = currentContext(host);
    const text = textOf(await promise);
    return currentContext(host) === before ? text : "another stream";
  }

  /** @returns the text for the upstream, after what the way waits for */
  async function wait({ way, plugin }: Stream): Promise<string | undefined> {
    switch (way) {
      case "one":
        return `${plugin.label}: ${await textFor(ask())}`;
      case "shared":
        plugin.shared ??= host.onPlugin(ask);
        return `${plugin.label}: ${await textFor(plugin.shared)}`;
      case "early":
        return textFor(plugin.early);
      case "of-a-stream":
        ofAStream ??= ask();
        try {
          return await textFor(ofAStream);
        } catch (error) {
          return (error as Error).name;
        } finally {
          ofAStream = undefined;
        }
      case "twice":
        return [await ask(), await ask()].map(textOf).join(", ");
      case "all":
        return (await Promise.all([ask(), ask()])).map(textOf).join(", ");
      case "failures":
        return (await Promise.all([ask("dead"), ask("none")])).map(textOf).join(", ");
      case "denied":
        if ((await ask()).status !== 200) respond(host, { status: 403, body: "denied\n", details: "denied" });
        return undefined;
      case "exception":
        // Engines have different stacks.
        throw Object.assign(new RangeError(textOf(await ask())), { stack: "" });
      default:
        return undefined;
    }
  }

  return {
    onConfigure(size) {
      const label =
        decodeUtf8(host.getBuffer(BufferType.PluginConfiguration, 0, size).value ?? new Uint8Array(0)) ?? "";
      return { label, early: ask("dead") };
    },
    onStream: (plugin) => ({ plugin, way: undefined }),

    async onRequestHeaders(stream) {
      stream.way = host.getHeader(MapType.RequestHeaders, waits).value;
      const text = await wait(stream);
      if (text !== undefined) host.replaceHeader(MapType.RequestHeaders, answered, text);
    },

    async onRequestBody(stream, size, endOfStream) {
      if (stream.way !== "body") return Action.Continue;
      // The rest of the body is kept until all of it is here.
      if (!endOfStream) return Action.Pause;
      const answer = await ask();
      const { value } = host.getBuffer(BufferType.RequestBody, 0, size);
      host.log(LogLevel.Warn, `${textOf(answer)}, and ${decodeUtf8(value ?? new Uint8Array(0))}`);
      return Action.Continue;
    },

    async onResponseHeaders(stream) {
      if (stream.way === "response") host.addHeader(MapType.ResponseHeaders, answered, textOf(await ask()));
    },
  };
});
