import { type Embedded, embed, type LogLine, type Pair } from "proxy-wasm-host";
import { Agenda } from "./agenda.ts";
import { CallObserver } from "./call-observer.ts";
import type { TrialHost } from "./host.ts";
import {
  CONNECTION,
  type Held,
  KEPT_THROWN,
  type Report,
  START,
  START_FUNCTION,
  type StageFailure,
  type Task,
  type TrialEnd,
  type TrialRequest,
} from "./report.ts";
import { trialClusters } from "./trial-clusters.ts";
import { passConnection } from "./trial-connection.ts";
import { hasTcpCallbacks, usualRequests } from "./usual-requests.ts";

const RESPONSE: readonly Pair[] = [
  [":status", "200"],
  ["content-type", "application/json"],
];

/** How many lines of the log are kept, and how many characters of each. */
const LINES = 100;
const LINE_LENGTH = 2000;

/** What the SDKs of Rust and Go log before they trap in a callback of another kind than the context's (their dispatchers). */
const NO_CONTEXT = /invalid context/;

/** What engines of JavaScript log of an exception that a callback has thrown; its stack is on further lines. */
const THROWN = /^on[A-Z][A-Za-z]+: .*/;

/** After how many milliseconds counts are reported again. */
const REPORT_INTERVAL = 100;

/** What the process that runs trials gives to one. */
export interface TrialServices {
  readonly host: TrialHost;
  /** The names of the module's exports. */
  readonly exports: readonly string[];
  /** After how many milliseconds a callback is stopped, if the platform can do that. */
  readonly callbackTimeout: number;
  /** Whether Envoy does not find a memory in the module. */
  readonly withoutMemory: boolean;
  readonly report: (line: Report) => void;
  /** Is called now and then while the module calls the host; calls `last` before it ends the process. */
  readonly check: (last: () => void) => void;
}

/**
 * Configures a module and sends requests through it, then a connection if it has callbacks of TCP. What happens is reported at once, because the module may never return.
 *
 * @returns how it ended
 */
export async function runTrial(task: Task, services: TrialServices): Promise<TrialEnd> {
  const { host, exports, callbackTimeout, report, check } = services;
  let stage = START;
  let reported = performance.now();
  const counts = () => report({ is: "counts", stage, counts: observer.counts() });
  const observer = new CallObserver({
    entered: (name) => report({ is: "step", name }),
    used: (use) => report({ is: "use", use }),
    check: () => {
      const now = performance.now();
      if (now - reported > REPORT_INTERVAL) counts();
      if (now - reported > REPORT_INTERVAL) reported = now;
      check(counts);
    },
  });
  const urls = Object.fromEntries(Object.entries(task.clusters).map(([name, url]) => [name, new URL(url)]));
  let noContext = false;
  let thrown: string[] = [];
  const keep = keptLog((line) => report({ is: "line", line }));
  const log = (line: LogLine) => {
    noContext ||= NO_CONTEXT.test(line.message);
    const [exception] = (line.level === "error" && THROWN.exec(line.message)) || [];
    if (exception !== undefined && thrown.length < KEPT_THROWN) thrown.push(exception.slice(0, LINE_LENGTH));
    keep(line);
  };
  const begin = async () => {
    const agenda = new Agenda();
    const filters = embed({
      plugins: [{ ...task.plugin, name: "doctor", module: task.module, configuration: task.configuration }],
      log,
      observer,
      clusters: trialClusters(host.clusters(urls), agenda, (name, known) => observer.uses("cluster", name, !known)),
      platform: agenda.platform(host.platform),
      ...(host.platform.watchdog && { callbackTimeout }),
    });
    await agenda.settle();
    if (isRunning(filters)) await agenda.tick();
    return { filters, agenda };
  };
  const failures: StageFailure[] = [];
  const step = async ({ filters, agenda }: Running, name: string, run: Step) => {
    if (!isRunning(filters)) return;
    stage = name;
    noContext = false;
    thrown = [];
    observer.begin();
    const held = await run(filters, agenda);
    counts();
    const found = { ...(held && { held }), ...(thrown.length > 0 && { thrown }) };
    report({ is: "request", request: { ...observer.cost(name), ...found } });
    const { state, error = "failed" } = filters.plugins[0] ?? {};
    if (state === "failed") failures.push({ stage: name, error, noContext });
  };

  report({ is: "step", name: START_FUNCTION });
  const running = await begin();
  counts();
  for (const request of task.requests ?? usualRequests(exports)) {
    await step(running, request.name, (filters, agenda) => exchange(filters, request, agenda));
  }
  let last = running;
  if (hasTcpCallbacks(exports)) {
    if (failures.length > 0) {
      // A trap in a request says nothing about connections: another VM gets one.
      stage = CONNECTION;
      running.filters.close();
      last = await begin();
    }
    await step(last, CONNECTION, passConnection);
  }
  const end = endOf(last.filters, failures, observer, services.withoutMemory);
  last.filters.close();
  return end;
}

interface Running {
  readonly filters: Embedded;
  readonly agenda: Agenda;
}

/** @returns what the module holds, and nothing makes it go on */
type Step = (filters: Embedded, agenda: Agenda) => Promise<Held | undefined>;

const isRunning = ({ plugins }: Embedded): boolean => plugins[0]?.state === "running";

/** Passes one request and its response. @returns what of them the module holds, and nothing makes it go on */
async function exchange(filters: Embedded, { headers, body }: TrialRequest, agenda: Agenda): Promise<Held | undefined> {
  let [asked, done] = [false, false];
  const stream = filters.openStream({
    asked: () => {
      asked = true;
    },
    done: () => {
      done = true;
    },
  });
  stream.request({ headers, ...(body !== undefined && { body: new TextEncoder().encode(body) }) });
  await agenda.goOn(() => asked || done);
  const stuck = !asked && !done;
  if (stream.atUpstream) {
    stream.respond({ headers: RESPONSE, body: new TextEncoder().encode("{}") });
    await agenda.goOn(() => done);
  }
  const held = stuck ? "request" : done ? undefined : "response";
  const running = isRunning(filters);
  stream.end();
  await agenda.settle();
  return running ? held : undefined;
}

function endOf(
  { plugins: [plugin] }: Embedded,
  failures: readonly StageFailure[],
  observer: CallObserver,
  withoutMemory: boolean,
): TrialEnd {
  const { state = "refused", error, reason, memoryPages = 0 } = plugin ?? {};
  const [failure] = failures;
  return {
    state: failure ? "failed" : state === "unavailable" ? "refused" : state,
    error: failure?.error ?? error,
    failures,
    refusedConfiguration: reason?.code === "ERR_CONFIGURATION_REFUSED",
    readConfiguration: observer.readConfiguration,
    ...(withoutMemory && { withoutMemory: observer.usedMemory }),
    memoryPages,
  };
}

/** Passes on the first lines of a log, each up to a length. */
function keptLog(keep: (line: LogLine) => void): (line: LogLine) => void {
  let count = 0;
  return (line) => {
    if (count++ >= LINES) return;
    const { message } = line;
    const rest = message.length - LINE_LENGTH;
    keep(rest > 0 ? { ...line, message: `${message.slice(0, LINE_LENGTH)}... (${rest} more characters)` } : line);
  };
}
