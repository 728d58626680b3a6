import { type Extension, pluginName } from "./extension.ts";
import type { Workload } from "./workload.ts";

/** The phases in the order of requests (istio pilot/pkg/networking/core/listener_builder.go, buildHTTPConnectionManager). */
const PHASES: readonly (string | undefined)[] = ["AUTHN", "AUTHZ", "STATS", undefined];

const phaseOf = ({ placement: { phase } }: Extension): number =>
  PHASES.indexOf(phase === "UNSPECIFIED_PHASE" ? undefined : phase);

/** Extensions without a priority come last. */
const priorityOf = ({ placement: { priority } }: Extension): number => priority ?? -(2 ** 31);

/**
 * Extensions in the order of requests: by phase, then the highest priority first, then those of the workload's own
 * namespace, then the oldest, then by name (istio pilot/pkg/model/push_context.go, WasmPluginsByListenerInfo; sortConfigByCreationTime).
 */
export function inOrder(extensions: readonly Extension[], { namespace }: Pick<Workload, "namespace">): Extension[] {
  const age = ({ created = Number.POSITIVE_INFINITY }: Extension) => created;
  const foreign = (one: Extension) => (one.namespace === namespace ? 0 : 1);
  return [...extensions].sort(
    (a, b) =>
      phaseOf(a) - phaseOf(b) ||
      priorityOf(b) - priorityOf(a) ||
      foreign(a) - foreign(b) ||
      compare(age(a), age(b)) ||
      compare(sortName(a), sortName(b)),
  );
}

/** Name before namespace, as Istio compares them. */
const sortName = (one: Extension): string => `${pluginName(one).slice(one.namespace.length + 1)}.${one.namespace}`;

const compare = <T>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);
