import type { Rule } from "proxy-wasm-host";

/** Rules about what a registry answers, beside the image; the subject is what Istio's agent does not take of it. */
export const REGISTRY_RULES: readonly Rule<readonly string[]>[] = [
  {
    id: "image-registry",
    severity: "error",
    refuses: "a registry whose 401 or token server Istio's agent refuses",
    source: "istio pkg/wasm/imagefetcher.go, validateAllRealms; go-containerregistry pkg/v1/remote/transport/bearer.go",
    find: (refusals) =>
      refusals.map((refusal) => ({
        what: `cannot be pulled in a cluster: ${refusal}`,
        why: 'Istio: "could not fetch manifest: …"; requests then get 403 (FAIL_CLOSE) or skip the filter (FAIL_OPEN)',
        fix: "let the registry's WWW-Authenticate name a realm that is an http or https URL outside of private networks",
      })),
  },
];
