import { diagnosisIf, type Rule } from "proxy-wasm-host";
import type { Trial } from "../trial/progress.ts";

/** A module that was tried. */
interface Tried {
  readonly trial: Trial;
}

/** The host functions after which something may happen that makes a held request go on. */
const WAKING = new Set([
  "proxy_http_call",
  "proxy_grpc_call",
  "proxy_grpc_stream",
  "proxy_set_tick_period_milliseconds",
  "proxy_register_shared_queue",
  "proxy_resolve_shared_queue",
]);

const wakes = ({ counts }: Trial): boolean =>
  [...counts.values()].some((stage) => stage.some(({ name }) => WAKING.has(name)));

/** The callbacks in which a module can do something with a request or a connection. */
const AT_WORK = /^proxy_on_(request|response|new_connection|downstream|upstream|log)/;

/** The export behind a callback of a filter in JavaScript. */
const exportOf = (callback: string): string =>
  `proxy_${callback.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;

/** What the module holds: all that something may still continue, or all that nothing can. */
const holds = (trial: Trial, stuck: boolean): string[] =>
  trial.requests.flatMap(({ name, held }) => {
    // Bytes of a protocol that the module does not know say nothing about it.
    const isStuck = held !== undefined && held !== "connection" && !wakes(trial);
    if (held === undefined || isStuck !== stuck) return [];
    return [held === "connection" ? "a connection" : `the ${held} ${held === "response" ? "to " : ""}${name}`];
  });

const isIdle = (trial: Trial): boolean =>
  trial.requests.length > 0 &&
  !wakes(trial) &&
  !trial.requests.some(({ entries }) => entries.some((name) => AT_WORK.test(name)));

/** An exception of each callback that has thrown whenever it was called. */
function alwaysThrown({ requests }: Trial): string[] {
  const first = new Map(
    requests
      .flatMap(({ thrown = [] }) => thrown.map((line) => [line.slice(0, line.indexOf(":")), line] as const))
      .reverse(),
  );
  return [...first].flatMap(([callback, line]) => {
    const called = requests.filter(({ entries }) => entries.includes(exportOf(callback)));
    const always = called.every(({ thrown = [] }) => thrown.some((other) => other.startsWith(`${callback}: `)));
    return always && called.length > 0 ? [line] : [];
  });
}

/** Rules about what a module does, or does not do, with requests that it gets in a trial. */
export const CONDUCT_RULES: readonly Rule<Tried>[] = [
  {
    id: "trial-throws",
    severity: "error",
    refuses: "a callback that throws whenever it is called",
    source: "filter-js src/dispatcher.ts: an exception never leaves a callback",
    find: ({ trial }) =>
      alwaysThrown(trial).map((line) => ({
        what: `throws each time: ${line}`,
        why: "the exception is logged, at level error, and what the callback is for is never done",
        fix: 'fix what throws: the log has its stack; with onError: "deny" a filter in TypeScript lets nothing pass where it fails',
      })),
  },
  {
    id: "trial-stuck",
    severity: "error",
    refuses:
      "a request or a response that the module holds without a call-out, a timer or a queue after which it could continue it",
    source: "proxy-wasm/spec abi-versions/v0.2.1, proxy_action_t",
    find: ({ trial }) =>
      holds(trial, true).map((what) => ({
        what: `holds ${what}, and has started nothing that could make it go on`,
        why: "Envoy waits until the client gives up",
        fix: "let it return Continue, at the end of a body too, or answer the request, or make a call-out whose answer continues it",
      })),
  },
  {
    id: "trial-idle",
    severity: "warning",
    refuses: "a module that has no callback for requests, responses or connections, and starts nothing else",
    source: "proxy-wasm/spec abi-versions/v0.2.1, Callbacks and Functions",
    find: ({ trial }) =>
      diagnosisIf(trial.state === "running" && isIdle(trial), () => ({
        what: "exports no callback for requests or responses, and starts no timer, queue or call-out",
        why: "Envoy loads it and passes every request by it: it does nothing",
        fix: "export one, such as proxy_on_request_headers; in TypeScript, name a callback of the filter, such as onRequestHeaders",
      })),
  },
  {
    id: "trial-held",
    severity: "info",
    refuses: "a request, a response or a connection that the module holds",
    source: "proxy-wasm/spec abi-versions/v0.2.1, proxy_action_t",
    find: ({ trial }) =>
      holds(trial, false).map((what) => ({
        what: `holds ${what}, which did not get to its end`,
        why: "Envoy waits until the module continues it or the client gives up",
        fix: "let it return Continue, or continue it with proxy_continue_stream; nothing, if the module waits for a service or a queue that the trial does not have",
      })),
  },
];
