import { pathToFileURL } from "node:url";
import { UsageError } from "@wasm-header-filter/cli";
import { httpbin } from "./httpbin.ts";
import { kustomization } from "./kustomization.ts";
import { LAB } from "./lab.ts";
import type { Target } from "./target.ts";
import { toYaml } from "./yaml.ts";

/** A Kubernetes cluster with Istio: the workload is a kustomize base, and each manifest an overlay. */
export const cluster: Target = {
  selector: { matchLabels: { app: LAB.workload } },
  fileUrl: (path) => {
    if (path.startsWith("/")) return pathToFileURL(path).href;
    throw new UsageError(`module path ${JSON.stringify(path)}: expected an absolute path in the istio-proxy container`);
  },
  folder: (manifests, namespace) => ({
    "base/httpbin.yaml": toYaml(httpbin()),
    "base/kustomization.yaml": toYaml([kustomization(namespace, ["httpbin.yaml"])]),
    ...Object.fromEntries(
      manifests.flatMap(({ name, text }) => [
        [`overlays/${name}/plugin.yaml`, text],
        [`overlays/${name}/kustomization.yaml`, toYaml([kustomization(namespace, ["../../base", "plugin.yaml"])])],
      ]),
    ),
  }),
};
