import { EnvoyFilter, type IEnvoyFilter } from "@kubernetes-models/istio/networking.istio.io/v1alpha3/EnvoyFilter";
import type { ErrorObject } from "ajv";
import { Deployment, type IDeployment } from "kubernetes-models/apps/v1/Deployment";
import { type ISecret, Secret } from "kubernetes-models/v1/Secret";
import { type IService, Service } from "kubernetes-models/v1/Service";
import { type IServiceAccount, ServiceAccount } from "kubernetes-models/v1/ServiceAccount";
import type { TrafficExtensionSpec, WasmPluginSpec } from "./extension.ts";
import { trafficExtensionFaults, wasmPluginFaults } from "./extension-rules.ts";
import { type Fault, schemaFault, within } from "./faults.ts";

/** A resource that has a name, as everything in a manifest must. */
export type Named<T> = T & {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Record<string, string> };
};

interface Extension<K extends string, S> {
  readonly apiVersion: "extensions.istio.io/v1alpha1";
  readonly kind: K;
  readonly spec: S;
}

/** The resources that this project writes and reads, as they are in a manifest. */
export interface Kinds {
  WasmPlugin: Named<Extension<"WasmPlugin", WasmPluginSpec>>;
  TrafficExtension: Named<Extension<"TrafficExtension", TrafficExtensionSpec>>;
  EnvoyFilter: Named<IEnvoyFilter>;
  Deployment: Named<IDeployment>;
  Service: Named<IService>;
  ServiceAccount: Named<IServiceAccount>;
  Secret: Named<ISecret>;
}
export type Kind = keyof Kinds;
export type Resource = Kinds[Kind];

/** What is known of a kind. */
interface KindRules {
  readonly apiVersion: string;
  /** The faults of a resource, its metadata's names aside. */
  readonly faults: (resource: object) => Fault[];
}

/** The kinds by name: ours are checked by the project's own rules, the others against the schemas of Kubernetes and Istio. */
export const kinds: Readonly<Record<Kind, KindRules>> = {
  WasmPlugin: extension(wasmPluginFaults),
  TrafficExtension: extension(trafficExtensionFaults),
  EnvoyFilter: modelled(EnvoyFilter),
  Deployment: modelled(Deployment),
  Service: modelled(Service),
  ServiceAccount: modelled(ServiceAccount),
  Secret: modelled(Secret),
};

function extension(specFaults: (spec: unknown) => Fault[]): KindRules {
  return {
    apiVersion: "extensions.istio.io/v1alpha1",
    faults: (resource) => {
      const { spec } = resource as { spec?: unknown };
      return spec === undefined ? [{ path: [], reason: "needs the field spec" }] : within(specFaults(spec), "spec");
    },
  };
}

// The models' constructors differ in their data's type only.
type Model = { readonly apiVersion: string } & (new (data: never) => { validate(): void });

function modelled(model: Model): KindRules {
  return {
    apiVersion: model.apiVersion,
    faults: (resource) => {
      try {
        new model(resource as never).validate();
        return [];
      } catch (error) {
        const { errors } = error as { errors?: ErrorObject[] };
        if (!errors) throw error;
        return errors.map((error) => schemaFault(error, resource));
      }
    },
  };
}
