import { diagnosisIf, type Rule } from "proxy-wasm-host";
import type { Trial } from "../subjects/trial.ts";

/** A module that was tried with a configuration. */
export interface TrialSubject {
  readonly trial: Trial;
  /** Where the configuration is from, such as `--config`. */
  readonly configuredBy: string;
}

const said = ({ trial }: TrialSubject): string => {
  const lines = trial.log.filter(({ source }) => source === "filter").map(({ message }) => message);
  return lines.length > 0 ? `it said: ${[...new Set(lines)].join(" | ")}` : "it said nothing";
};

const refusedConfiguration = ({ trial }: TrialSubject) =>
  trial.state === "refused" && /configuration/.test(trial.error ?? "");

/** What the module does when filter-host runs it. */
export const TRIAL_RULES: readonly Rule<TrialSubject>[] = [
  {
    id: "trial-configuration",
    severity: "error",
    refuses: "a configuration that the module refuses",
    source: "proxy-wasm-cpp-host src/wasm.cc, canary",
    find: (subject) =>
      diagnosisIf(refusedConfiguration(subject), () => ({
        what: `the module refuses ${subject.configuredBy}; ${said(subject)}`,
        why: 'Envoy: "Failed to configure base Wasm plugin"; each request gets 500, on an update the last good one stays',
        fix: "mend the configuration, or give the right one with --config",
      })),
  },
  {
    id: "trial-start",
    severity: "error",
    refuses: "a module that traps or refuses while it starts",
    source: "proxy-wasm-cpp-host src/wasm.cc, startVm and canary",
    find: (subject) =>
      diagnosisIf(subject.trial.state === "refused" && !refusedConfiguration(subject), () => ({
        what: `${subject.trial.error}; ${said(subject)}`,
        why: 'Envoy: "Failed to start base Wasm", or "Function: … failed: Uncaught …"; each request gets 500',
        fix: "mend the module; filter-host serve --trace shows the calls before the end",
      })),
  },
  {
    id: "trial-request",
    severity: "error",
    refuses: "a module that traps on a plain request",
    source: "envoy api/envoy/extensions/wasm/v3/wasm.proto, FailurePolicy",
    find: (subject) =>
      diagnosisIf(subject.trial.state === "failed", () => ({
        what: `${subject.trial.error}; ${said(subject)}`,
        why: "Envoy ends the VM: this request and, under FAIL_CLOSED, every later one gets 503",
        fix: "mend the module; filter-host serve --trace shows the calls before the trap",
      })),
  },
];
