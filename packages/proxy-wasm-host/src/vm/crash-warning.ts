import type { LogLine } from "./log-line.ts";
import type { HostServices } from "./services.ts";
import type { Vm } from "./vm.ts";

const CRASHES = "Envoy crashes here";

/** What has been said by each host. */
const said = new WeakMap<HostServices, Set<string>>();

/** Logs once that a module does something at which Envoy 1.40 crashes, and which has no such effect here. */
export function warnOfCrash({ services, context }: Vm, what: string): void {
  const message = `${what}: ${CRASHES}`;
  const known = said.get(services) ?? new Set();
  said.set(services, known);
  const key = `${context.label}: ${message}`;
  if (known.has(key)) return;
  known.add(key);
  services.log({ level: "warn", plugin: context.label, message, source: "host" });
}

/** Whether a line of the log is about a call at which Envoy crashes. */
export const isCrashWarning = ({ source, message }: LogLine): boolean =>
  source === "host" && message.endsWith(`: ${CRASHES}`);
