import { Action, defineFilter, LogLevel, MapType } from "@wasm-header-filter/filter-js/guest";

/** Does some of its work when a promise has settled: after the callback has returned, and before the request continues. */
export default defineFilter((host) => {
  const waits = host.internName("waits");
  const late = host.internName("late");
  const say = (text: string) => host.log(LogLevel.Warn, text);

  /** Ways to wait, by the value of the request header `waits`. */
  const ways: Record<string, () => unknown> = {
    async await() {
      for (const turn of ["first", "second"]) {
        await null;
        say(`after the ${turn} await`);
      }
    },
    microtask() {
      queueMicrotask(() => say("in a microtask"));
    },
    rejection() {
      Promise.reject(new Error("no")).catch(({ message }) => say(`caught: ${message}`));
    },
    async header() {
      await null;
      host.addHeader(MapType.RequestHeaders, late, "but in time");
    },
  };

  return {
    onConfigure: () => ({}),
    onRequestHeaders() {
      const { value: way } = host.getHeader(MapType.RequestHeaders, waits);
      if (way === undefined) return Action.Continue;
      ways[way]?.();
      say("the callback is over");
      return Action.Continue;
    },
  };
});
