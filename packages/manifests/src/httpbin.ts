import type { IDeployment } from "kubernetes-models/apps/v1/Deployment";
import type { IService } from "kubernetes-models/v1/Service";
import type { IServiceAccount } from "kubernetes-models/v1/ServiceAccount";
import { generated } from "./input.ts";
import { lab } from "./lab.ts";
import type { Named } from "./resource-kind.ts";
import { validate } from "./validate.ts";
import * as workload from "./workload.ts";

const name = lab.workload;
const labels = { app: name, version: lab.version };

const serviceAccount: IServiceAccount = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name } };

const service: IService = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, labels: { app: name, service: name } },
  spec: {
    ports: [{ name: "http", port: lab.port, targetPort: lab.containerPort }],
    selector: { app: name },
  },
};

const deployment: IDeployment = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, labels },
  spec: {
    replicas: 1,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        serviceAccountName: name,
        containers: [
          { name, image: lab.image, imagePullPolicy: "IfNotPresent", ports: [{ containerPort: lab.containerPort }] },
        ],
      },
    },
  },
};

/** The lab's workload: httpbin with its service account and service. Without a namespace, so that it goes where it is applied. */
export function httpbin(): [Named<IServiceAccount>, Named<IService>, Named<IDeployment>] {
  const where = generated("httpbin");
  return [
    validate(workload.serviceAccount, serviceAccount, where),
    validate(workload.service, service, where),
    validate(workload.deployment, deployment, where),
  ];
}
