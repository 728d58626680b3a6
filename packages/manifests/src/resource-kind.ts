import type { ErrorObject } from "ajv";
import type { Path } from "./documents.ts";
import { type Fault, schemaFault, within } from "./faults.ts";
import type { NullSchema } from "./nulls.ts";

/** A resource that has a name, as everything in a manifest must. */
export type Named<T> = T & {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Record<string, string> };
};

/** An Istio resource of the API group `extensions.istio.io`. */
export type Extension<Kind extends string, Spec> = Named<{
  readonly apiVersion: "extensions.istio.io/v1alpha1";
  readonly kind: Kind;
  readonly spec: Spec;
}>;

/** How a kind of Kubernetes resource is recognized and checked. */
export interface ResourceKind<T = never, Kind extends string = string, Plural extends string = string> {
  readonly apiVersion: string;
  readonly kind: Kind;
  /** The name of their list in what a manifest is read into. */
  readonly plural: Plural;
  /** Its fields beside apiVersion, kind and metadata. */
  readonly fields: readonly string[];
  /** Where null is a value in it; elsewhere a null is an absent field. */
  readonly schema: NullSchema;
  /** Which names it may have, if not those that most kinds have. */
  isValidName?(text: string): boolean;
  /** The faults of a resource, its metadata aside. */
  faults(resource: T): Fault[];
  /**
   * Whether a resource without faults is of use; all are where this is left out.
   *
   * @throws Failure for one that claims to be and isn't
   */
  isUsed?(resource: T, at: (path: Path) => string): boolean;
  /** The Wasm module in the `spec` of one, which may have faults; only extensions have one. */
  moduleIn?(spec: Readonly<Record<string, unknown>>): unknown;
}

/** The faults of a resource that consists of a `spec`. */
export function specFaults(faults: (spec: unknown) => Fault[]): (resource: object) => Fault[] {
  return (resource) => {
    const { spec } = resource as { spec?: unknown };
    return spec === undefined ? [{ path: [], reason: "needs the field spec" }] : within(faults(spec), "spec");
  };
}

/** A class of kubernetes-models; their constructors differ in their data's type only. */
type Model = new (data: never) => { validate(): void };

/** The faults of a resource by the schema that kubernetes-models has of it. */
export function modelFaults(model: Model): (resource: object) => Fault[] {
  return (resource) => {
    try {
      new model(resource as never).validate();
      return [];
    } catch (error) {
      const { errors } = error as { errors?: ErrorObject[] };
      if (!errors) throw error;
      return errors.map((error) => schemaFault(error, resource));
    }
  };
}
