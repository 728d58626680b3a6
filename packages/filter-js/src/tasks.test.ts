import { expect, test } from "vitest";
import { type Held, type Reaction, type Scope, Tasks } from "./tasks.ts";

/** Tasks of contexts 1 to 3, and what happened. */
function start() {
  const seen: string[] = [];
  let effective = 0;
  const tasks = new Tasks();
  tasks.connect({
    context: () => effective,
    enter(context) {
      effective = context;
      seen.push(`enter ${context}`);
      return true;
    },
    rootOf: () => 1,
    setTickPeriod() {},
    failed: (thrown) => void seen.push(`failed: ${String(thrown)}`),
  });
  for (const context of [1, 2, 3]) tasks.begin(context);
  const begin = (context: number) => {
    effective = context;
    tasks.enter(context);
    return tasks.running();
  };
  const reaction = (scope: Scope, text: string): Reaction => ({
    scope,
    run: () => void seen.push(text),
    drop: () => void seen.push(`dropped ${text}`),
  });
  return { tasks, seen, begin, reaction };
}

test("tasks run in their order, each on its context, which is entered only if it is another one", () => {
  const { tasks, seen, begin, reaction } = start();
  const two = begin(2);
  const three = begin(3);
  for (const [scope, text] of [
    [three, "a"],
    [two, "b"],
    [two, "c"],
    [three, "d"],
  ] as const)
    tasks.enqueue(reaction(scope, text));
  tasks.run();
  expect(seen).toEqual(["a", "enter 2", "b", "c", "enter 3", "d"]);
});

test("what a task makes due runs after what was due before", () => {
  const { tasks, seen, begin, reaction } = start();
  const scope = begin(2);
  tasks.enqueue({ scope, run: () => tasks.enqueue(reaction(scope, "last")), drop() {} });
  tasks.enqueue(reaction(scope, "first"));
  tasks.run();
  expect(seen).toEqual(["first", "last"]);
});

test("an exception of one task is reported, and the others run", () => {
  const { tasks, seen, begin, reaction } = start();
  const scope = begin(2);
  tasks.enqueue({
    scope,
    run() {
      throw new RangeError("no");
    },
    drop() {},
  });
  tasks.enqueue(reaction(scope, "next"));
  tasks.run();
  expect(seen).toEqual(["failed: RangeError: no", "next"]);
});

test("a context that ends drops what waits in each of its scopes, and what was due doesn't run", () => {
  const { tasks, seen, begin, reaction } = start();
  const earlier = begin(2);
  const later = begin(2);
  tasks.hold(reaction(earlier, "first"), earlier);
  tasks.hold(reaction(later, "second"), later);
  tasks.enqueue(reaction(later, "due"));
  tasks.end(2);
  tasks.run();
  expect(seen).toEqual(["dropped first", "dropped second"]);
});

test("a scope that ends leaves the others of its context", () => {
  const { tasks, seen, begin, reaction } = start();
  const ended = begin(2);
  const other = begin(2);
  tasks.hold(reaction(ended, "ended"), ended);
  tasks.endScope(ended, new Error("time"));
  tasks.hold(reaction(ended, "later"), ended);
  tasks.enqueue(reaction(ended, "due"));
  tasks.enqueue(reaction(other, "other"));
  tasks.run();
  expect(seen).toEqual(["dropped ended", "other"]);
});

test("what is dropped is told why", () => {
  const { tasks, begin } = start();
  const reasons: string[] = [];
  const held: Held = { drop: (reason) => void reasons.push(String(reason)) };
  tasks.hold(held, begin(2));
  tasks.hold(held, begin(3));
  tasks.end(2);
  tasks.end(3);
  tasks.end(3);
  expect(reasons).toEqual(
    Array.from({ length: 2 }, () => "StreamEnded: the stream that should have settled this promise has ended"),
  );
});

test("the scope of a callback is that of its own context only", () => {
  const { tasks, begin } = start();
  const scope = begin(2);
  expect(tasks.scope()).toBe(scope);
  expect(tasks.scope(1)).not.toBe(scope);
  expect(tasks.scope(1).context).toBe(1);
  expect(tasks.scope(1)).toBe(tasks.scope(1));
  tasks.leave();
  expect(tasks.scope().context).toBe(2);
});

test("nothing is kept of scopes in which nothing waits", () => {
  const { tasks, begin, reaction } = start();
  for (let call = 0; call < 1000; call++) {
    const scope = begin(1);
    const waits = reaction(scope, String(call));
    tasks.hold(waits, scope);
    if (call % 2) tasks.enqueue(waits);
    else tasks.release(waits, scope);
    tasks.run();
    tasks.leave();
  }
  expect(tasks.size).toBe(0);
});

test("a rejection is reported if nobody handles it until the tasks have run", () => {
  const { tasks, seen, begin } = start();
  const scope = begin(1);
  const [handled, unhandled]: Held[] = [{ drop() {} }, { drop() {} }];
  tasks.unhandled(handled as Held, "handled", scope);
  tasks.unhandled(unhandled as Held, "unhandled", scope);
  tasks.handled(handled as Held);
  tasks.run();
  expect(seen).toEqual(["failed: unhandled"]);
});
