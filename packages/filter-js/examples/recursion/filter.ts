import { Action, defineFilter, LogLevel, MapType } from "@wasm-header-filter/filter-js/guest";

const LEVELS = 100_000;

/** Kinds of endless recursion, by the value of the request header `go-down`. */
const ways: Record<string, () => unknown> = {
  function() {
    const down = (): number => down() + 1;
    return down();
  },
  callback() {
    const down = (): unknown => [0].map(down);
    return down();
  },
  getter() {
    const down = {
      get further(): number {
        return this.further + 1;
      },
    };
    return down.further;
  },
  constructor() {
    class Down {
      further: Down = new Down();
    }
    return new Down();
  },
  generator() {
    const down = function* (): Generator {
      yield* down();
    };
    return down().next();
  },
  json() {
    return JSON.parse("[".repeat(LEVELS));
  },
  list() {
    let list: unknown[] = [];
    for (let level = 0; level < LEVELS; level++) list = [list];
    return JSON.stringify(list);
  },
};

/** Recurses without end, to show that this request and later ones are not affected. */
export default defineFilter((host) => {
  const goDown = host.internName("go-down");
  return {
    onConfigure: () => ({}),
    onRequestHeaders() {
      const { value: way } = host.getHeader(MapType.RequestHeaders, goDown);
      if (way === undefined) return Action.Continue;
      try {
        ways[way]?.();
      } catch (error) {
        host.log(LogLevel.Warn, `${way}: ${error instanceof Error ? "came up again" : error}`);
      }
      return Action.Continue;
    },
  };
});
