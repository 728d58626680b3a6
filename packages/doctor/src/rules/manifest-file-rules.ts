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
    id: "manifest-served",
    severity: "error",
    refuses: "a document of a group, version or kind that is not served",
    source: "kubectl apply, against an API server with Istio",
    find: ({ unserved }) =>
      unserved.map((what) => ({
        what,
        why: "kubectl apply ends with an error; the resource is not created",
        fix: "correct apiVersion and kind",
      })),
  },
  {
    id: "manifest-ignored",
    severity: "warning",
    refuses: "text behind the end of a document",
    source: "sigs.k8s.io/yaml, which reads one document",
    find: ({ ignored }) =>
      ignored.map((what) => ({
        what,
        why: "kubectl apply passes over it without a word",
        fix: "begin a document with a line ---, or remove the text",
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
