import { bytes as size } from "@wasm-header-filter/oci";
import { diagnosisIf, isCrashWarning, type Rule } from "proxy-wasm-host";
import type { Trial } from "../trial/progress.ts";
import { CONNECTION, START } from "../trial/report.ts";
import { CONDUCT_RULES } from "./conduct-rules.ts";

/** A module that was tried, and its configuration. */
export interface TrialSubject {
  readonly trial: Trial;
  /** The source of the configuration, such as `--config`. */
  readonly configuredBy: string;
  /** Whether somebody has given a configuration, even an empty one. */
  readonly configured: boolean;
}

/** How many lines of the log a finding quotes. */
const QUOTED = 10;

/** More calls of one host function than this in one stage of a trial, or more bytes, are worth a warning. */
const MANY_CALLS = 1000;
const MANY_BYTES = 16_000_000;

/** The host functions that write, keep or send what the module passes. */
const WRITING = new Set([
  "proxy_log",
  "fd_write",
  "proxy_add_header_map_value",
  "proxy_replace_header_map_value",
  "proxy_set_header_map_pairs",
  "proxy_set_buffer_bytes",
  "proxy_set_property",
  "proxy_set_shared_data",
  "proxy_register_shared_queue",
  "proxy_enqueue_shared_queue",
  "proxy_define_metric",
  "proxy_http_call",
  "proxy_grpc_call",
  "proxy_grpc_stream",
  "proxy_grpc_send",
]);

const logged = ({ trial }: TrialSubject): string => {
  const lines = new Set(trial.log.filter(({ source }) => source === "filter").map(({ message }) => message));
  const rest = lines.size > QUOTED ? [`and ${lines.size - QUOTED} more lines`] : [];
  return lines.size > 0 ? `log: ${[...[...lines].slice(0, QUOTED), ...rest].join(" | ")}` : "it logged nothing";
};

/** What the module has done most, of what it did when the trial was ended. */
const mostly = ({ counts }: Trial): string => {
  const last = [...counts.values()].at(-1) ?? [];
  const [most] = last.toSorted((one, other) => other.bytes - one.bytes || other.calls - one.calls);
  return most ? `; it called ${most.name} ${times(most.calls)} with ${size(most.bytes)}` : "";
};

const times = (count: number) => (count === 1 ? "once" : `${count.toLocaleString("en")} times`);

/** Where something happens. */
const placeOf = (stage: string): string =>
  stage === START ? "at the start" : `in ${stage === CONNECTION ? stage : `the request ${stage}`}`;

/** What the module asked for and the trial does not have, although a proxy may. */
const missing = ({ uses }: Trial): string[] =>
  uses.filter((use) => use.missing).map(({ kind, name }) => `the ${kind} ${name}`);

/** A list that shows at most {@link QUOTED}. */
const listed = (names: readonly string[]): string =>
  [...names.slice(0, QUOTED), ...(names.length > QUOTED ? [`${names.length - QUOTED} more`] : [])].join(", ");

/** Whether the module did not start, and no configuration was given to it although it looks for one. */
export const needsConfiguration = ({ trial, configured }: TrialSubject): boolean =>
  !configured && trial.state === "refused" && (trial.refusedConfiguration || trial.readConfiguration);

/** Whether a module has refused or trapped, and that is not for lack of something that a proxy may have. */
const isAtFault = (subject: TrialSubject, state: "refused" | "failed"): boolean =>
  subject.trial.state === state && !needsConfiguration(subject) && missing(subject.trial).length === 0;

/** What a trap means: `none` of the module's contexts is of the kind that was tried, and those of the other kind work. */
type Trap = "request" | "connection" | "none";

/** The errors of a module's traps in requests and the connection that mean this. */
function trapsIn(subject: TrialSubject, wanted: Trap): readonly string[] {
  const { failures, requests, error } = subject.trial;
  if (!isAtFault(subject, "failed")) return [];
  // It trapped before the first request, or while it ended.
  if (failures.length === 0) return wanted === "request" && error !== undefined ? [error] : [];
  const oneWorks = new Set(requests.map(({ name }) => name === CONNECTION)).size > failures.length;
  const trap = (stage: string, noContext: boolean): Trap =>
    !oneWorks ? "request" : noContext ? "none" : stage === CONNECTION ? "connection" : "request";
  return failures.filter(({ stage, noContext }) => trap(stage, noContext) === wanted).map((failure) => failure.error);
}

/** Rules about what the module does when it is tried. */
export const TRIAL_RULES: readonly Rule<TrialSubject>[] = [
  {
    id: "trial-configuration",
    severity: "error",
    refuses: "a configuration that the module refuses",
    source: "proxy-wasm-cpp-host src/wasm.cc, canary",
    find: (subject) =>
      diagnosisIf(isAtFault(subject, "refused") && subject.trial.refusedConfiguration, () => ({
        what: `the module refuses ${subject.configuredBy}; ${logged(subject)}`,
        why: 'Envoy: "Failed to configure base Wasm plugin"; requests get 500; on an update, the previous configuration stays active',
        fix: "fix the configuration, or pass a valid one with --config",
      })),
  },
  {
    id: "trial-start",
    severity: "error",
    refuses: "a module that traps or fails while it starts",
    source: "proxy-wasm-cpp-host src/wasm.cc, startVm and canary",
    find: (subject) =>
      diagnosisIf(isAtFault(subject, "refused") && !subject.trial.refusedConfiguration, () => ({
        what: `${subject.trial.error}; ${logged(subject)}`,
        why: 'Envoy: "Failed to start base Wasm", or "Function: … failed: Uncaught …"; requests get 500',
        fix: "fix the module; filter-host serve --trace shows its calls",
      })),
  },
  {
    id: "trial-crash",
    severity: "error",
    refuses: "a module that makes a call at which Envoy crashes",
    source: "asked of Envoy 1.40: the process ends",
    find: ({ trial }) =>
      [...new Set(trial.log.filter(isCrashWarning).map(({ message }) => message))].map((message) => ({
        what: message,
        why: "the process ends, and all its traffic fails, whatever the failure policy is",
        fix: "leave the call out, or give it what it needs",
      })),
  },
  {
    id: "trial-request",
    severity: "error",
    refuses: "a module that traps on a plain request, or on a connection if it is no filter of requests",
    source: "envoy api/envoy/extensions/wasm/v3/wasm.proto, FailurePolicy",
    find: (subject) =>
      trapsIn(subject, "request").map((error) => ({
        what: `${error}; ${logged(subject)}`,
        why: "Envoy stops the VM: this request gets 503, or this connection is closed, and, with FAIL_CLOSED, so is every later one",
        fix: "fix the module; filter-host serve --trace shows the calls before the trap",
      })),
  },
  {
    id: "trial-connection",
    severity: "warning",
    refuses: "a module that traps on a connection, and has taken requests",
    source: "envoy api/envoy/extensions/wasm/v3/wasm.proto, FailurePolicy",
    find: (subject) =>
      trapsIn(subject, "connection").map((error) => ({
        what: `${error}; ${logged(subject)}`,
        why: "as a filter of TCP connections, Envoy stops its VM and closes the connection; as a filter of HTTP it is not called so",
        fix: "fix the module, or use it for HTTP only",
      })),
  },
  {
    id: "trial-no-memory",
    severity: "error",
    refuses: "a module without an exported memory that makes a host call which needs it",
    source: "asked of Envoy 1.40: the process crashes",
    find: ({ trial }) =>
      diagnosisIf(trial.withoutMemory !== undefined, () => ({
        what: `calls ${trial.withoutMemory} and has no memory for its arguments`,
        why: "Envoy reads and writes the exported memory without a check: the process crashes",
        fix: "define a memory and export it",
      })),
  },
  {
    id: "trial-endless",
    severity: "error",
    refuses: "a start function or a callback that does not return",
    source: "proxy-wasm-cpp-host src/v8/v8.cc, call: there is no time limit",
    find: ({ trial }) =>
      diagnosisIf(trial.stop?.reason === "step", () => ({
        what: `${trial.stop?.step} did not return within ${trial.stop?.detail}${mostly(trial)}`,
        why: "Envoy has no time limit: it never starts, or all requests of the worker thread hang",
        fix: "make it return; filter-host serve --trace shows its calls",
      })),
  },
  {
    id: "trial-memory",
    severity: "error",
    refuses: "a module that fills the host's memory",
    source: "envoy source/extensions/common/wasm: headers, shared data, queues, metrics and call-outs have no limit",
    find: ({ trial }) =>
      diagnosisIf(trial.stop?.reason === "memory", () => ({
        what: `${trial.stop?.step} made the host keep ${size(Number(trial.stop?.detail))}${mostly(trial)}`,
        why: "Envoy keeps all of it, without a limit, until the system ends the process",
        fix: "keep less, and limit what is kept",
      })),
  },
  {
    id: "trial-unfinished",
    severity: "warning",
    refuses: "a trial that took too long, or could not be finished",
    source: "this trial's own limits; Envoy has none",
    find: ({ trial }) =>
      diagnosisIf(trial.stop?.reason === "time" || trial.stop?.reason === "crash", () => ({
        what: `was not tried to the end: ${trial.stop?.reason === "time" ? `${trial.stop.step} was reached after` : `the trial failed in ${trial.stop?.step}:`} ${trial.stop?.detail}`,
        why: "Envoy would compile and run it, and be as slow at each start",
        fix: "make it smaller or faster; filter-host serve runs it without a limit",
      })),
  },
  {
    id: "trial-missing",
    severity: "warning",
    refuses: "a module that fails after it asked for something that the trial does not have",
    source: "envoy source/extensions/common/wasm/context.cc",
    find: (subject) => {
      const { trial } = subject;
      const failed = trial.state === "failed" || trial.state === "refused";
      return diagnosisIf(failed && !needsConfiguration(subject) && missing(trial).length > 0, () => ({
        what: `${trial.error}; before that it asked for ${listed(missing(trial))}; ${logged(subject)}`,
        why: "the trial does not have this; whether it works in a proxy that has it is not known",
        fix: missing(trial).some((name) => name.startsWith("the cluster"))
          ? "name clusters with --cluster NAME=URL, or try it in a proxy that has them"
          : "try it in a proxy that has it, such as filter-host serve with the filters that it works with",
      }));
    },
  },
  {
    id: "trial-flood",
    severity: "warning",
    refuses: `more than ${MANY_CALLS.toLocaleString("en")} calls or ${size(MANY_BYTES)} of one kind at the start or in a request`,
    source: "envoy source/extensions/common/wasm/context.cc: no limit",
    find: ({ trial }) =>
      [...trial.counts].flatMap(([stage, counts]) =>
        counts
          .filter(({ name, calls, bytes }) => WRITING.has(name) && (calls > MANY_CALLS || bytes > MANY_BYTES))
          .map(({ name, calls, bytes }) => ({
            what: `called ${name} ${times(calls)} with ${size(bytes)} ${placeOf(stage)}`,
            why: "Envoy has no limit for it, and does it for each VM or each request",
            fix: "call it less often",
          })),
      ),
  },
  {
    id: "trial-needs-configuration",
    severity: "info",
    refuses: "a module that does not start without a configuration, if none was given",
    source: "proxy-wasm-cpp-host src/wasm.cc, canary",
    find: (subject) =>
      diagnosisIf(needsConfiguration(subject), () => ({
        what: `needs a configuration, not tried; ${logged(subject)}`,
        why: "the module refuses to start without one, and no other was given",
        fix: "pass one with --config JSON or --config-file FILE",
      })),
  },
  {
    id: "trial-cluster",
    severity: "info",
    refuses: "a call-out to a cluster that the trial does not know",
    source: "envoy source/extensions/common/wasm/context.cc, httpCall and grpcCall",
    find: ({ trial }) =>
      trial.uses
        .filter((use) => use.kind === "cluster" && use.missing)
        .map(({ name }) => ({
          what: `calls the cluster ${JSON.stringify(name)}, which the trial does not know; the trial answered 503`,
          why: "Envoy refuses the call with BAD_ARGUMENT if it has no such cluster",
          fix: "define the cluster in the proxy; for the trial, use --cluster NAME=URL",
        })),
  },
  {
    id: "trial-kind",
    severity: "info",
    refuses: "a module with callbacks of HTTP and TCP whose SDK takes only one of them",
    source: "proxy-wasm-rust-sdk src/dispatcher.rs; proxy-wasm-go-sdk internal: a callback of another kind traps",
    find: (subject) =>
      trapsIn(subject, "none").map((error) => ({
        what: `${error}: it makes no context of this kind`,
        why: "the SDK exports the callbacks of HTTP and TCP in each module; Envoy calls those of the chain that the module is in",
        fix: "nothing, if the module is used for the other kind only; otherwise let it make contexts of this kind",
      })),
  },
  ...CONDUCT_RULES,
];
