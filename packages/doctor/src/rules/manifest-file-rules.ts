import type { FoundExtensions } from "@wasm-header-filter/manifests";
import { diagnosisIf, type Rule } from "proxy-wasm-host";

/** Rules about a manifest file as a whole. */
export const MANIFEST_FILE_RULES: readonly Rule<FoundExtensions>[] = [
  {
    id: "manifest-yaml",
    severity: "error",
    refuses: "text that Kubernetes can't parse",
    source: "sigs.k8s.io/yaml, YAML 1.1",
    find: ({ unreadable }) =>
      diagnosisIf(unreadable !== undefined, () => ({
        what: `can't be parsed: ${unreadable}`,
        why: 'kubectl apply: "error parsing …: error converting YAML to JSON: …"',
        fix: "fix the syntax",
      })),
  },
  {
    id: "manifest-none",
    severity: "error",
    refuses: "no WasmPlugin or TrafficExtension",
    source: "istio manifests/charts/base/files/crd-all.gen.yaml, extensions.istio.io/v1alpha1",
    find: ({ extensions, others, unreadable }) =>
      diagnosisIf(extensions.length === 0 && unreadable === undefined, () => ({
        what: `contains ${others.join(", ") || "no resource"}`,
        why: "there is no module to examine",
        fix: "use a manifest with a WasmPlugin or TrafficExtension of extensions.istio.io/v1alpha1",
      })),
  },
  {
    id: "manifest-envoyfilter",
    severity: "info",
    refuses: "an EnvoyFilter, which is not examined",
    source: "istio pilot/pkg/networking/core/envoyfilter",
    find: ({ others }) =>
      diagnosisIf(others.includes("EnvoyFilter"), () => ({
        what: "contains an EnvoyFilter, which is not examined",
        why: "it can change any part of Envoy's configuration",
        fix: "use a WasmPlugin, or run doctor on the module's file",
      })),
  },
];
