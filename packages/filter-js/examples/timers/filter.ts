import {
  currentContext,
  defineFilter,
  LogLevel,
  MapType,
  respond,
  setTickPeriod,
} from "@wasm-header-filter/filter-js/guest";

const REQUEST = { method: "GET", path: "/", authority: "service" };

/** Waits for a time in each way that the request header `waits` names. */
export default defineFilter<object, { way: string | undefined }>((host) => {
  const waits = host.internName("waits");
  const waited = host.internName("x-waited");
  let ticked = () => {};

  const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
  const never = () => new Promise<void>(() => {});

  /** @returns what the request has waited for */
  async function wait(way: string | undefined): Promise<string | undefined> {
    switch (way) {
      case "timer": {
        const stream = currentContext(host);
        await sleep(5);
        return currentContext(host) === stream ? "timer" : "another stream";
      }
      case "cleared":
        clearTimeout(setTimeout(() => host.log(LogLevel.Error, "this timer was cleared"), 1));
        await sleep(5);
        return "cleared";
      case "interval": {
        let count = 0;
        await new Promise<void>((resolve) => {
          const interval = setInterval(() => {
            if (++count < 3) return;
            clearInterval(interval);
            resolve();
          }, 2);
        });
        return `interval ${count}`;
      }
      case "time-limit": {
        const answer = await Promise.race([host.httpCall("service", REQUEST), sleep(20)]);
        if (!answer) respond(host, { status: 504, body: "too late\n" });
        return undefined;
      }
      case "tick":
        setTickPeriod(host, 5);
        await new Promise<void>((resolve) => {
          ticked = resolve;
        });
        await sleep(5);
        return "tick";
      case "never":
        try {
          await never();
        } finally {
          host.log(LogLevel.Error, "what waits is dropped, not continued");
        }
    }
    return undefined;
  }

  return {
    waitLimit: 1000,
    onConfigure: () => ({}),

    onStream: () => ({ way: undefined }),

    async onRequestHeaders(stream) {
      stream.way = host.getHeader(MapType.RequestHeaders, waits).value;
      const text = await wait(stream.way);
      if (text) host.replaceHeader(MapType.RequestHeaders, waited, text);
    },

    onTick() {
      setTickPeriod(host, 0);
      ticked();
    },

    async onResponseHeaders({ way }) {
      if (way === "response-never") await never();
    },
  };
});
