import { choice, list, record, targetRef } from "./extension.ts";
import { labelFaults, namespaceFaults } from "./extension-rules.ts";
import { type Fault, schemaCheck, within } from "./faults.ts";

// The schema has the facts of Istio's resource definition; unlike that, it refuses unknown fields, as `kubectl apply` does.

const text = { type: "string" };
const texts = { type: "object", additionalProperties: text };
const port = { type: "integer", minimum: 0, maximum: 2 ** 32 - 1 };
const choices = (values: string) => choice(...values.split(" "));

const filter = record({ name: text, subFilter: record({ name: text }) });
const listener = record({
  portNumber: port,
  portName: text,
  filterChain: record({
    name: text,
    sni: text,
    transportProtocol: text,
    applicationProtocols: text,
    filter,
    destinationPort: port,
  }),
  listenerFilter: text,
  name: text,
});
const routeConfiguration = record({
  portNumber: port,
  portName: text,
  gateway: text,
  vhost: record({
    name: text,
    domainName: text,
    route: record({ name: text, action: choices("ANY ROUTE REDIRECT DIRECT_RESPONSE") }),
  }),
  name: text,
});
const cluster = record({ portNumber: port, service: text, subset: text, name: text });
const waypoint = record({ filter, portNumber: { ...port, minimum: 1, maximum: 65535 }, route: record({ name: text }) });

/** Of a `match`, at most one: what part of the configuration is matched. */
const OBJECTS = { listener, routeConfiguration, cluster, waypoint };

const match = record({
  context: choices("ANY SIDECAR_INBOUND SIDECAR_OUTBOUND GATEWAY WAYPOINT"),
  proxy: record({ proxyVersion: text, metadata: texts }),
  ...OBJECTS,
});
const patch = record({
  operation: choices("INVALID MERGE ADD REMOVE INSERT_BEFORE INSERT_AFTER INSERT_FIRST REPLACE MERGE_AND_REPLACE_LIST"),
  value: { type: "object" },
  filterClass: choices("UNSPECIFIED AUTHN AUTHZ STATS"),
});

const LISTENER_KINDS = ["LISTENER", "FILTER_CHAIN", "NETWORK_FILTER", "HTTP_FILTER"];
const ROUTE_KINDS = ["ROUTE_CONFIGURATION", "VIRTUAL_HOST", "HTTP_ROUTE"];
const KINDS = [...LISTENER_KINDS, ...ROUTE_KINDS, "CLUSTER", "EXTENSION_CONFIG", "BOOTSTRAP", "LISTENER_FILTER"];

export const ENVOY_FILTER = record({
  workloadSelector: record({
    labels: { type: "object", additionalProperties: { ...text, maxLength: 63 }, maxProperties: 256 },
  }),
  targetRefs: list(targetRef, 16),
  configPatches: list(record({ applyTo: choices(`INVALID ${KINDS.join(" ")}`), match, patch })),
  priority: { type: "integer", minimum: -(2 ** 31), maximum: 2 ** 31 - 1 },
});

const check = schemaCheck(ENVOY_FILTER);

type Matched = keyof typeof OBJECTS;

interface Filter {
  readonly name?: string;
  readonly subFilter?: { readonly name?: string };
}

interface Match {
  readonly context?: string;
  readonly proxy?: { readonly proxyVersion?: string };
  readonly listener?: { readonly filterChain?: { readonly filter?: Filter } };
}

interface ConfigPatch {
  readonly applyTo?: string;
  readonly match?: Match & { readonly [name in Matched]?: unknown };
  readonly patch?: { readonly operation?: string; readonly value?: object };
}

interface Spec {
  readonly workloadSelector?: { readonly labels?: Readonly<Record<string, string>> };
  readonly targetRefs?: readonly { readonly namespace?: string }[];
  readonly configPatches?: readonly ConfigPatch[];
}

/**
 * Faults of an EnvoyFilter's `spec`: its schema, and the rules of Istio's resource definition and webhook (istio
 * pkg/config/validation/envoyfilter/envoyfilter.go). What the patches write into Envoy's configuration is not checked.
 */
export function envoyFilterFaults(spec: unknown): Fault[] {
  const faults = check(spec);
  if (faults.length > 0) return faults;
  const { workloadSelector, targetRefs, configPatches = [] } = spec as Spec;
  if (workloadSelector && targetRefs)
    faults.push({ path: ["targetRefs"], reason: "only one of workloadSelector and targetRefs can be set" });
  targetRefs?.forEach((reference, at) => {
    faults.push(...within(namespaceFaults(reference), "targetRefs", at));
  });
  faults.push(...labelFaults(workloadSelector?.labels, "workloadSelector", "labels"));
  return [...faults, ...configPatches.flatMap((one, at) => within(patchFaults(one), "configPatches", at))];
}

function patchFaults({ applyTo, match, patch }: ConfigPatch): Fault[] {
  const matched = Object.keys(OBJECTS).filter((name) => match?.[name as Matched] !== undefined);
  if (matched.length > 1)
    return [{ path: ["match", matched[1] ?? ""], reason: `only one of ${matched.join(" and ")} can be set` }];
  if ((match?.context === "WAYPOINT") !== (match?.waypoint !== undefined))
    return [{ path: ["match"], reason: "needs both or neither of context WAYPOINT and waypoint" }];
  // Istio checks no more of a waypoint's.
  if (match?.context === "WAYPOINT") return [];
  if (applyTo === undefined || applyTo === "INVALID")
    return [{ path: ["applyTo"], reason: `must be one of ${KINDS.join(", ")}` }];
  if (!patch) return [{ path: [], reason: "needs the field patch" }];
  const { operation = "INVALID", value } = patch;
  if (operation === "INVALID") return [{ path: ["patch", "operation"], reason: "must say what the patch does" }];
  if (operation !== "REMOVE" && value === undefined)
    return [{ path: ["patch"], reason: `needs the field value for the operation ${operation}` }];
  return [...versionFaults(match?.proxy?.proxyVersion), ...matchFaults(applyTo, matched[0], match?.listener)];
}

function versionFaults(pattern: string | undefined): Fault[] {
  try {
    new RegExp(pattern ?? "");
    return [];
  } catch (error) {
    return [{ path: ["match", "proxy", "proxyVersion"], reason: `is no pattern: ${(error as Error).message}` }];
  }
}

const MANAGERS = ["envoy.filters.network.http_connection_manager", "envoy.http_connection_manager"];

function matchFaults(applyTo: string, matched: string | undefined, listener: Match["listener"]): Fault[] {
  const needed = LISTENER_KINDS.includes(applyTo)
    ? "listener"
    : ROUTE_KINDS.includes(applyTo)
      ? "routeConfiguration"
      : applyTo === "CLUSTER"
        ? "cluster"
        : undefined;
  if (needed && matched && needed !== matched)
    return [{ path: ["match", matched], reason: `has no place where applyTo is ${applyTo}; match by ${needed}` }];
  const filter = needed === "listener" ? listener?.filterChain?.filter : undefined;
  if (!filter) return [];
  const { name, subFilter } = filter;
  const path = ["match", "listener", "filterChain", "filter"];
  if (!name) return [{ path, reason: "needs the field name" }];
  if (!subFilter) return [];
  const sub = [...path, "subFilter"];
  if (applyTo !== "HTTP_FILTER") return [{ path: sub, reason: "has no place where applyTo is not HTTP_FILTER" }];
  if (!MANAGERS.includes(name))
    return [{ path: [...path, "name"], reason: `must be ${MANAGERS[0]} where there is a subFilter` }];
  return subFilter.name ? [] : [{ path: sub, reason: "needs the field name" }];
}
