import { kinds } from "./kinds/list.ts";
import { pullSecret } from "./pull-secret.ts";
import type { ResourceKind } from "./resource-kind.ts";
import { deployment, service, serviceAccount } from "./workload.ts";

/** The kinds of resources that are read: those that are written as manifests, the workload's, and what pulls images. */
export const resourceKinds = [
  ...kinds.flatMap((kind) => ("resource" in kind ? [kind.resource] : [])),
  deployment,
  service,
  serviceAccount,
  pullSecret,
] as const;

type AnyResourceKind = (typeof resourceKinds)[number];
type ResourceOf<R> = R extends ResourceKind<infer Resource> ? Resource : never;

/** A resource of one of these kinds. */
export type Resource = ResourceOf<AnyResourceKind>;

/** A kind that has a Wasm module. */
export type ExtensionKind = Extract<AnyResourceKind, { readonly moduleIn?: unknown }>["kind"];

/** The resources of manifests, a list for each kind. */
export type ResourceLists = {
  readonly [R in AnyResourceKind as R["plural"]]: readonly ResourceOf<R>[];
};

/** The kind of a document, if it is one of these. */
export function resourceKindOf(apiVersion: unknown, kind: unknown): AnyResourceKind | undefined {
  return resourceKinds.find((known) => known.kind === kind && known.apiVersion === apiVersion);
}
