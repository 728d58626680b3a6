import { type IWasmPlugin, WasmPlugin } from "@kubernetes-models/istio/extensions.istio.io/v1alpha1/WasmPlugin";
import { Deployment, type IDeployment } from "kubernetes-models/apps/v1/Deployment";
import { type IService, Service } from "kubernetes-models/v1/Service";
import { type IServiceAccount, ServiceAccount } from "kubernetes-models/v1/ServiceAccount";

/** A resource that has a name, as everything in a manifest must. */
export type Named<T> = T & {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Record<string, string> };
};

/** The resources that this project writes and reads, as they are in a manifest. */
export interface Kinds {
  WasmPlugin: Named<IWasmPlugin>;
  Deployment: Named<IDeployment>;
  Service: Named<IService>;
  ServiceAccount: Named<IServiceAccount>;
}
export type Kind = keyof Kinds;
export type Resource = Kinds[Kind];

/** Their models: types, and validation against the schemas of Kubernetes and Istio. */
export const models = { WasmPlugin, Deployment, Service, ServiceAccount };

/** Every field of a WasmPlugin's `spec`: the schemas let others pass, `kubectl apply` doesn't. */
export const wasmPluginFields: Readonly<Record<keyof IWasmPlugin["spec"], true>> = {
  failStrategy: true,
  imagePullPolicy: true,
  imagePullSecret: true,
  match: true,
  phase: true,
  pluginConfig: true,
  pluginName: true,
  priority: true,
  selector: true,
  sha256: true,
  targetRef: true,
  targetRefs: true,
  type: true,
  url: true,
  verificationKey: true,
  vmConfig: true,
};
