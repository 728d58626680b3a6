import type { FoundExtensions } from "@wasm-header-filter/manifests";
import { diagnosisIf, type Rule } from "proxy-wasm-host";

/** What a manifest as a file must be. */
export const MANIFEST_FILE_RULES: readonly Rule<FoundExtensions>[] = [
  {
    id: "manifest-yaml",
    severity: "error",
    refuses: "text that Kubernetes does not parse",
    source: "sigs.k8s.io/yaml, YAML 1.1",
    find: ({ unreadable }) =>
      diagnosisIf(unreadable !== undefined, () => ({
        what: `can't be read: ${unreadable}`,
        why: 'kubectl apply: "error parsing …: error converting YAML to JSON: …"',
        fix: "mend the line",
      })),
  },
  {
    id: "manifest-none",
    severity: "error",
    refuses: "no WasmPlugin and no TrafficExtension",
    source: "istio manifests/charts/base/files/crd-all.gen.yaml, extensions.istio.io/v1alpha1",
    find: ({ extensions, others, unreadable }) =>
      diagnosisIf(extensions.length === 0 && unreadable === undefined, () => ({
        what: `holds ${others.join(", ") || "nothing"}`,
        why: "there is no module to look at",
        fix: "name a manifest with a resource of extensions.istio.io/v1alpha1, kind WasmPlugin or TrafficExtension",
      })),
  },
  {
    id: "manifest-envoyfilter",
    severity: "info",
    refuses: "an EnvoyFilter, which is not looked into",
    source: "istio pilot/pkg/networking/core/envoyfilter",
    find: ({ others }) =>
      diagnosisIf(others.includes("EnvoyFilter"), () => ({
        what: "holds an EnvoyFilter, which is not looked into",
        why: "it patches Envoy's own configuration, which may say anything",
        fix: "give the module's file to doctor; better, use a WasmPlugin",
      })),
  },
];
