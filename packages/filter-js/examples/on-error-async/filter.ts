import { Action, decodeUtf8, defineFilter, LogLevel, MapType, respond } from "@wasm-header-filter/filter-js/guest";

const REQUEST = { method: "GET", path: "/", authority: "service", timeout: 1000 };

interface Stream {
  fails: string | undefined;
}

/** Denies the requests in which it fails while they wait, in the way that the request header `fails` names. */
export default defineFilter<object, Stream>((host) => {
  const fails = host.internName("fails");
  const ask = () => host.httpCall("service", REQUEST);
  const never = () => new Promise<void>(() => {});
  let shared: ReturnType<typeof ask> | undefined;

  function fail(text: string): never {
    // Engines have different stacks.
    throw Object.assign(new RangeError(text), { stack: "" });
  }

  return {
    onError: "deny",
    waitLimit: 1000,

    onConfigure: () => ({}),
    onStream: () => ({ fails: undefined }),

    async onRequestHeaders(stream) {
      stream.fails = host.getHeader(MapType.RequestHeaders, fails).value;
      switch (stream.fails) {
        case "at once":
          return fail("at once");
        case "late":
          await ask();
          return fail("late");
        case "shared":
          shared ??= host.onPlugin(ask);
          await shared;
          return fail("shared");
        case "nobody waits":
          // One call alone: two may arrive in either order.
          ask().then(() => fail("nobody waits"));
          return never();
        case "timer":
          setTimeout(() => fail("timer"), 1);
          return Action.Pause;
        case "time limit":
          return never();
        case "answered":
          await ask();
          respond(host, { status: 401, details: "own_answer" });
          return fail("answered");
        default:
          return undefined;
      }
    },

    async onResponseHeaders(stream) {
      if (stream.fails !== "response") return;
      await ask();
      fail("response");
    },

    async onResponseBody(stream, size) {
      if (stream.fails !== "response body" || size === 0) return;
      stream.fails = undefined;
      await ask();
      fail("response body");
    },

    onLog() {
      const details = host.getProperty(["response", "code_details"]).value;
      host.log(LogLevel.Warn, `ended: ${details && decodeUtf8(details)}`);
    },
  };
});
