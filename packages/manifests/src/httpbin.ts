import type { IDeployment } from "kubernetes-models/apps/v1/Deployment";
import type { IService } from "kubernetes-models/v1/Service";
import type { IServiceAccount } from "kubernetes-models/v1/ServiceAccount";
import { generated } from "./input.ts";
import { LAB } from "./lab.ts";
import type { Named } from "./resource-kind.ts";
import { validate } from "./validate.ts";
import * as workload from "./workload.ts";

const NAME = LAB.workload;
const LABELS = { app: NAME, version: LAB.version };

const SERVICE_ACCOUNT: IServiceAccount = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: NAME } };

const SERVICE: IService = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: NAME, labels: { app: NAME, service: NAME } },
  spec: {
    ports: [{ name: "http", port: LAB.port, targetPort: LAB.containerPort }],
    selector: { app: NAME },
  },
};

const DEPLOYMENT: IDeployment = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: NAME, labels: LABELS },
  spec: {
    replicas: 1,
    selector: { matchLabels: LABELS },
    template: {
      metadata: { labels: LABELS },
      spec: {
        serviceAccountName: NAME,
        containers: [
          {
            name: NAME,
            image: LAB.image,
            imagePullPolicy: "IfNotPresent",
            ports: [{ containerPort: LAB.containerPort }],
          },
        ],
      },
    },
  },
};

/** The lab's workload: httpbin with its service account and service, in no particular namespace. */
export function httpbin(): [Named<IServiceAccount>, Named<IService>, Named<IDeployment>] {
  const where = generated("httpbin");
  return [
    validate(workload.serviceAccount, SERVICE_ACCOUNT, where),
    validate(workload.service, SERVICE, where),
    validate(workload.deployment, DEPLOYMENT, where),
  ];
}
