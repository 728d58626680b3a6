/** The fields of a kustomization that this project writes. */
export interface Kustomization {
  readonly apiVersion: "kustomize.config.k8s.io/v1beta1";
  readonly kind: "Kustomization";
  readonly namespace: string;
  readonly resources: readonly string[];
}

/**
 * Makes the `kustomization.yaml` of a folder.
 *
 * @param namespace of all resources
 * @param resources the folder's files
 */
export function kustomization(namespace: string, resources: readonly string[]): Kustomization {
  return { apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization", namespace, resources };
}
