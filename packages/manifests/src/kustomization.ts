/** A kustomization, as far as this project writes it. */
export interface Kustomization {
  readonly apiVersion: "kustomize.config.k8s.io/v1beta1";
  readonly kind: "Kustomization";
  readonly namespace: string;
  readonly resources: readonly string[];
}

/**
 * What `kubectl apply -k` reads.
 *
 * @param namespace where everything goes
 * @param resources the files, beside it
 */
export function kustomization(namespace: string, resources: readonly string[]): Kustomization {
  return { apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization", namespace, resources };
}
