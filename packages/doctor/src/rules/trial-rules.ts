import { diagnosisIf, type Rule } from "proxy-wasm-host";
import type { Trial } from "../subjects/trial.ts";

/** A module that was tried, and its configuration. */
export interface TrialSubject {
  readonly trial: Trial;
  /** The source of the configuration, such as `--config`. */
  readonly configuredBy: string;
}

const logged = ({ trial }: TrialSubject): string => {
  const lines = trial.log.filter(({ source }) => source === "filter").map(({ message }) => message);
  return lines.length > 0 ? `log: ${[...new Set(lines)].join(" | ")}` : "it logged nothing";
};

const refusedConfiguration = ({ trial }: TrialSubject) =>
  trial.state === "refused" && /configuration/.test(trial.error ?? "");

/** Rules about what the module does when it is tried. */
export const TRIAL_RULES: readonly Rule<TrialSubject>[] = [
  {
    id: "trial-configuration",
    severity: "error",
    refuses: "a configuration that the module refuses",
    source: "proxy-wasm-cpp-host src/wasm.cc, canary",
    find: (subject) =>
      diagnosisIf(refusedConfiguration(subject), () => ({
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
      diagnosisIf(subject.trial.state === "refused" && !refusedConfiguration(subject), () => ({
        what: `${subject.trial.error}; ${logged(subject)}`,
        why: 'Envoy: "Failed to start base Wasm", or "Function: … failed: Uncaught …"; requests get 500',
        fix: "fix the module; filter-host serve --trace shows its calls",
      })),
  },
  {
    id: "trial-request",
    severity: "error",
    refuses: "a module that traps on a plain request",
    source: "envoy api/envoy/extensions/wasm/v3/wasm.proto, FailurePolicy",
    find: (subject) =>
      diagnosisIf(subject.trial.state === "failed", () => ({
        what: `${subject.trial.error}; ${logged(subject)}`,
        why: "Envoy stops the VM: this request gets 503 and, with FAIL_CLOSED, so does every later one",
        fix: "fix the module; filter-host serve --trace shows the calls before the trap",
      })),
  },
];
