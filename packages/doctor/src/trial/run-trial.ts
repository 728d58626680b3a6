import { type Embedded, type EmbeddedStream, embed, type LogLine, type Pair } from "proxy-wasm-host";
import { Agenda } from "./agenda.ts";
import { CallObserver } from "./call-observer.ts";
import type { TrialHost } from "./host.ts";
import {
  CONNECTION,
  type Report,
  START,
  START_FUNCTION,
  type Task,
  type TrialEnd,
  type TrialRequest,
} from "./report.ts";
import { trialClusters } from "./trial-clusters.ts";
import { passConnection } from "./trial-connection.ts";
import { isTcpFilter, usualRequests } from "./usual-requests.ts";

const RESPONSE: readonly Pair[] = [
  [":status", "200"],
  ["content-type", "application/json"],
];

/** How many lines of the log are kept, and how many characters of each. */
const LINES = 100;
const LINE_LENGTH = 2000;

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
 * Configures a module and sends requests through it. What happens is reported at once, because the module may never return.
 *
 * @returns how it ended
 */
export async function runTrial(task: Task, services: TrialServices): Promise<TrialEnd> {
  const { host, exports, callbackTimeout, report, check } = services;
  const agenda = new Agenda();
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
  const urls = Object.entries(task.clusters).map(([name, url]) => [name, new URL(url)] as const);
  report({ is: "step", name: START_FUNCTION });
  const filters = embed({
    plugins: [{ ...task.plugin, name: "doctor", module: task.module, configuration: task.configuration }],
    log: keptLog((line) => report({ is: "line", line })),
    observer,
    clusters: trialClusters(host.clusters(Object.fromEntries(urls)), agenda, (name, known) =>
      observer.uses("cluster", name, !known),
    ),
    platform: agenda.platform(host.platform),
    ...(host.platform.watchdog && { callbackTimeout }),
  });
  const running = () => filters.plugins[0]?.state === "running";
  await agenda.settle();
  if (running()) await agenda.tick();
  counts();
  const step = async (name: string, run: () => Promise<true | undefined>) => {
    if (!running()) return;
    stage = name;
    observer.begin();
    const held = await run();
    counts();
    report({ is: "request", request: { ...observer.cost(name), ...(held && { held }) } });
  };
  for (const request of task.requests ?? usualRequests(exports)) {
    await step(request.name, () => exchange(filters, request, agenda));
  }
  if (isTcpFilter(exports)) await step(CONNECTION, () => passConnection(filters, agenda));
  const end = endOf(filters, observer, services.withoutMemory);
  filters.close();
  return end;
}

/** Passes one request and its response. @returns true if the module holds the request, and nothing makes it go on */
async function exchange(filters: Embedded, { headers, body }: TrialRequest, agenda: Agenda): Promise<true | undefined> {
  const stream = filters.openStream();
  stream.request({ headers, ...(body !== undefined && { body: new TextEncoder().encode(body) }) });
  await agenda.goOn(() => passed(stream));
  if (stream.atUpstream) {
    stream.respond({ headers: RESPONSE, body: new TextEncoder().encode("{}") });
    await agenda.goOn(() => stream.atClient !== undefined || stream.reset);
  }
  const held = !passed(stream) && filters.plugins[0]?.state === "running";
  stream.end();
  await agenda.settle();
  return held || undefined;
}

const passed = ({ atUpstream, atClient, reset }: EmbeddedStream) =>
  atUpstream !== undefined || atClient !== undefined || reset;

function endOf(filters: Embedded, observer: CallObserver, withoutMemory: boolean): TrialEnd {
  const [plugin] = filters.plugins;
  const { state = "refused", error, reason, memoryPages = 0 } = plugin ?? {};
  return {
    state: state === "unavailable" ? "refused" : state,
    error,
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
