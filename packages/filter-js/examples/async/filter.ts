import {
  decodeUtf8,
  defineFilter,
  type HttpAnswer,
  httpAnswer,
  LogLevel,
  MapType,
  onPlugin,
  respond,
} from "@wasm-header-filter/filter-js/guest";

const REQUEST = { method: "GET", path: "/", authority: "service", timeout: 1000 };

/** Waits for a service in each way that the request header `waits` names. */
export default defineFilter<object, { way: string | undefined }>((host) => {
  const waits = host.internName("waits");
  const answered = host.internName("x-answered");
  let shared: Promise<HttpAnswer> | undefined;

  const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
  const ask = () => httpAnswer(host, "service", REQUEST);
  const textOf = (answer: HttpAnswer) => answer.failure ?? `${answer.status} ${decodeUtf8(answer.body)}`;
  const connection = () => String(host.getProperty(["connection", "id"]).value);

  /** What the stream whose callback waits is told, if it is still the one that the filter acts on. */
  async function sharedText(promise: Promise<HttpAnswer>): Promise<string> {
    const before = connection();
    const text = textOf(await promise);
    return connection() === before ? text : "of another stream";
  }

  return {
    onConfigure: () => ({}),
    onStream: () => ({ way: undefined }),

    async onRequestHeaders(stream) {
      stream.way = host.getHeader(MapType.RequestHeaders, waits).value;
      switch (stream.way) {
        case "shared":
          shared ??= onPlugin(host, ask);
          host.replaceHeader(MapType.RequestHeaders, answered, await sharedText(shared));
          return;
        case "of-a-stream":
          shared ??= ask();
          try {
            host.replaceHeader(MapType.RequestHeaders, answered, await sharedText(shared));
          } catch (error) {
            shared = undefined;
            respond(host, { status: 503, body: `${(error as Error).name}\n` });
          }
          return;
        case "twice":
          host.replaceHeader(MapType.RequestHeaders, answered, [await ask(), await ask()].map(textOf).join(", "));
          return;
        case "all": {
          const answers = await Promise.all([ask(), ask()]);
          host.replaceHeader(MapType.RequestHeaders, answered, answers.map(textOf).join(", "));
          return;
        }
        case "timer":
          await sleep(5);
          host.replaceHeader(MapType.RequestHeaders, answered, "later");
          return;
        case "interval":
          await new Promise<void>((resolve) => {
            let count = 0;
            const interval = setInterval(() => {
              if (++count < 3) return;
              clearInterval(interval);
              host.replaceHeader(MapType.RequestHeaders, answered, String(count));
              resolve();
            }, 2);
          });
          return;
        case "time-limit":
          if (!(await Promise.race([ask(), sleep(20)]))) respond(host, { status: 504, body: "too late\n" });
          return;
        case "exception":
          // Engines have different stacks.
          throw Object.assign(new RangeError(textOf(await ask())), { stack: "" });
      }
    },

    async onRequestBody(stream, _size, endOfStream) {
      if (stream.way !== "body" || !endOfStream) return;
      host.log(LogLevel.Warn, `body: ${textOf(await ask())}`);
    },

    async onResponseHeaders(stream) {
      if (stream.way !== "response") return;
      host.addHeader(MapType.ResponseHeaders, answered, textOf(await ask()));
    },
  };
});
