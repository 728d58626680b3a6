import { Contexts, log, LogLevel } from "proxy-wasm-as";

class State {
  constructor(public text: string) {}
}

const contexts = new Contexts<State>();

export function create(id: u32, parent: u32): void {
  contexts.create(id, parent);
}

/** Gives a context a state with a number in it. */
export function name(id: u32, number: u32): void {
  contexts.set(id, new State("state " + number.toString()));
}

export function remove(id: u32): void {
  contexts.delete(id);
}

/** Makes contexts, each with a state that is replaced, and removes them. */
export function live(from: u32, to: u32): void {
  for (let id = from; id < to; id++) {
    create(id, 0);
    name(id, 1);
    name(id, 2);
    remove(id);
  }
}

/** Logs a context's state. */
export function state(id: u32): void {
  const state = contexts.of(id);
  log(LogLevel.Info, state ? state.text : "none");
}

/** Makes garbage, so that an object that nothing holds is collected. */
export function churn(): void {
  for (let i = 0; i < 20_000; i++) new State("garbage " + i.toString());
}
