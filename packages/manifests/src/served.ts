import { Failure, oneLine } from "@wasm-header-filter/cli";
import type { Path } from "./documents.ts";

const ISTIO = "DestinationRule Gateway ServiceEntry Sidecar VirtualService WorkloadEntry WorkloadGroup";
const POLICIES = "AuthorizationPolicy PeerAuthentication RequestAuthentication";

/** What an API server with Istio serves in Kubernetes' and Istio's groups (Kubernetes 1.34, Istio 1.31). */
const SERVED: Readonly<Record<string, string>> = {
  v1:
    "ConfigMap Endpoints Event LimitRange List Namespace Node PersistentVolume PersistentVolumeClaim Pod PodTemplate " +
    "ReplicationController ResourceQuota Secret Service ServiceAccount",
  "apps/v1": "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet",
  "batch/v1": "CronJob Job",
  "autoscaling/v1": "HorizontalPodAutoscaler",
  "autoscaling/v2": "HorizontalPodAutoscaler",
  "policy/v1": "PodDisruptionBudget",
  "networking.k8s.io/v1": "IPAddress Ingress IngressClass NetworkPolicy ServiceCIDR",
  "rbac.authorization.k8s.io/v1": "ClusterRole ClusterRoleBinding Role RoleBinding",
  "extensions.istio.io/v1alpha1": "TrafficExtension WasmPlugin",
  "networking.istio.io/v1": ISTIO,
  "networking.istio.io/v1beta1": `${ISTIO} ProxyConfig`,
  "networking.istio.io/v1alpha3": `${ISTIO} EnvoyFilter`,
  "security.istio.io/v1": POLICIES,
  "security.istio.io/v1beta1": POLICIES,
  "telemetry.istio.io/v1": "Telemetry",
  "telemetry.istio.io/v1alpha1": "Telemetry",
};

/** Kinds that only Istio has, whatever group a document claims. */
const ISTIO_ONLY = ["WasmPlugin", "TrafficExtension", "EnvoyFilter"];

const groupOf = (apiVersion: string): string => (apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "");
const GROUPS = new Set([...Object.keys(SERVED).map(groupOf), "extensions"]);

/**
 * Refuses a document of a kind that no cluster with Istio serves.
 *
 * @throws Failure as `kubectl apply` says it, with the version that is served
 */
export function checkServed(apiVersion: string, kind: string, name: unknown, at: (path: Path) => string): void {
  const reason = unservedReason(apiVersion, kind);
  if (reason) throw new Failure(oneLine(`${at(["apiVersion"])}: ${kind} ${String(name ?? "(no name)")}: ${reason}`));
}

/** Why a cluster with Istio does not serve a kind; undefined if it does, or if it cannot be known. */
export function unservedReason(apiVersion: string, kind: string): string | undefined {
  if (SERVED[apiVersion]?.split(" ").includes(kind)) return undefined;
  if (!GROUPS.has(groupOf(apiVersion)) && !ISTIO_ONLY.includes(kind)) return undefined;
  const versions = Object.keys(SERVED).filter((version) => SERVED[version]?.split(" ").includes(kind));
  const kinds = SERVED[apiVersion];
  const remedy =
    versions.length > 0
      ? `; write apiVersion: ${versions.join(" or ")}`
      : kinds
        ? `; ${apiVersion} has ${kinds.replaceAll(" ", ", ")}`
        : "";
  return `no matches for kind "${kind}" in version "${apiVersion}"${remedy}`;
}
