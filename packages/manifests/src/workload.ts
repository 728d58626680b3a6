import { Deployment, type IDeployment } from "kubernetes-models/apps/v1/Deployment";
import { type IService, Service } from "kubernetes-models/v1/Service";
import { type IServiceAccount, ServiceAccount } from "kubernetes-models/v1/ServiceAccount";
import { isServiceName } from "./metadata.ts";
import { NO_NULLS } from "./nulls.ts";
import { modelFaults, type Named, type ResourceKind } from "./resource-kind.ts";

/** The kinds of resources that a workload consists of. */
export const deployment: ResourceKind<Named<IDeployment>, "Deployment", "deployments"> = {
  apiVersion: Deployment.apiVersion,
  kind: "Deployment",
  plural: "deployments",
  fields: ["spec", "status"],
  schema: NO_NULLS,
  faults: modelFaults(Deployment),
};

export const service: ResourceKind<Named<IService>, "Service", "services"> = {
  apiVersion: Service.apiVersion,
  kind: "Service",
  plural: "services",
  fields: ["spec", "status"],
  schema: NO_NULLS,
  isValidName: isServiceName,
  faults: modelFaults(Service),
};

export const serviceAccount: ResourceKind<Named<IServiceAccount>, "ServiceAccount", "serviceAccounts"> = {
  apiVersion: ServiceAccount.apiVersion,
  kind: "ServiceAccount",
  plural: "serviceAccounts",
  fields: ["secrets", "imagePullSecrets", "automountServiceAccountToken"],
  schema: NO_NULLS,
  faults: modelFaults(ServiceAccount),
};
