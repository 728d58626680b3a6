import { expect, test } from "vitest";
import { Action, defineFilter } from "./filter.ts";
import { fakeHost } from "./testing.ts";

test("the types of a filter are inferred, and a misspelt callback is a type error", () => {
  const filter = defineFilter((host) => ({
    onConfigure(size) {
      host.log(2, `${size.toFixed()} bytes`);
      return { limit: 1 };
    },
    onRequestHeaders({ limit }, count) {
      return count > limit ? Action.Pause : Action.Continue;
    },
  }))(fakeHost());
  expect(filter.onRequestHeaders?.(filter.onConfigure(0, undefined) ?? { limit: 0 }, 2, true)).toBe(Action.Pause);

  const misspelt = defineFilter(() => ({
    onConfigure: () => ({}),
    // @ts-expect-error: "onRequestHeader is not a callback of a filter: did you mean onRequestHeaders?"
    onRequestHeader: () => Action.Continue,
  }));
  expect(misspelt(fakeHost())).not.toHaveProperty("onRequestHeaders");
});

test("a filter denies or continues; another value is a type error", () => {
  const filter = defineFilter(() => ({ onConfigure: () => ({}), onError: "deny" }));
  expect(filter(fakeHost()).onError).toBe("deny");
  const unknown = defineFilter(() => ({
    onConfigure: () => ({}),
    // @ts-expect-error: "ignore" is neither
    onError: "ignore",
  }));
  expect(unknown(fakeHost()).onError).toBe("ignore");
});

test("a state for each stream needs both types", () => {
  const filter = defineFilter<{ limit: number }, { seen: number }>(() => ({
    onConfigure: () => ({ limit: 1 }),
    onStream: ({ limit }) => ({ seen: limit }),
    onLog(stream) {
      stream.seen++;
    },
  }))(fakeHost());
  const stream = filter.onStream?.({ limit: 2 });
  expect(stream).toEqual({ seen: 2 });
});
