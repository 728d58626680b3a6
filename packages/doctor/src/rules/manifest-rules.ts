import { type Diagnosis, diagnosisIf, type Rule } from "proxy-wasm-host";
import type { PluginSubject } from "../subjects/plugin.ts";

const VALIDATION = "istio pkg/config/validation/validation.go, ValidateWasmPlugin";
const MODEL = "istio pilot/pkg/model/extensions.go";
const CACHE = "istio pkg/wasm/cache.go";

const KNOWN = ["oci", "http", "https", "file"];

/** The rules here that say more of a field's fault than that it is one. */
const TOLD_ELSEWHERE = /^spec(\.wasm)?(\.(url|sha256) | needs the field url$)/;

const pinned = ({ module, reference }: PluginSubject): boolean =>
  Boolean(module.sha256) || reference?.digest !== undefined;
const targets = ({ placement }: PluginSubject) =>
  (["selector", "targetRef", "targetRefs"] as const).filter((field) => placement[field] !== undefined);

/** What a WasmPlugin or TrafficExtension must be, before its image is looked at. */
export const MANIFEST_RULES: readonly Rule<PluginSubject>[] = [
  {
    id: "manifest-field",
    severity: "error",
    refuses: "a field that its kind does not have, or has otherwise",
    source: `the resource definitions of Istio; ${VALIDATION}`,
    find: (subject) =>
      subject.faults
        .filter(
          ({ field, reason }) =>
            !TOLD_ELSEWHERE.test(`${field} ${reason}`) && !(targets(subject).length > 1 && isTarget(field)),
        )
        .map(({ field, reason, at }) => ({
          what: `${at}: ${field || "the resource"} ${reason}`,
          why: /^has no field/.test(reason)
            ? `kubectl apply: "strict decoding error: unknown field …"; with --validate=false it is dropped in silence`
            : `kubectl apply: "The ${subject.kind} "${subject.name}" is invalid: …"`,
          fix: "mend the field; kubectl explain wasmplugin.spec tells what there is",
        })),
  },
  {
    id: "manifest-targets",
    severity: "error",
    refuses: "more than one of selector, targetRef and targetRefs",
    source: "istio pkg/config/validation/validation.go, validateOneOfSelectorType",
    find: (subject) =>
      diagnosisIf(targets(subject).length > 1, () => ({
        what: `has ${targets(subject).join(" and ")}`,
        why: 'Istio: "only one of targetRefs or workloadSelector can be set"',
        fix: "keep selector for sidecars, targetRefs for gateways and waypoints",
      })),
  },
  {
    id: "manifest-url",
    severity: "error",
    refuses: "no url, one of an unknown scheme, or a name that is no image's",
    source: "istio pkg/config/validation/validation.go, validateWasmPluginURL; go-containerregistry pkg/name",
    find: (subject) => {
      const { url, scheme, reference } = subject;
      if (isLua(subject)) return [];
      const fault = subject.faults.find(({ field }) => /\.url$/.test(field));
      if (url === "") {
        return [{ what: "has no url", why: 'Istio: "url field needs to be set"', fix: "url: oci://REGISTRY/NAME:TAG" }];
      }
      if (scheme !== undefined && !KNOWN.includes(scheme)) {
        return [
          {
            what: `has the url ${url}`,
            why: `Istio: "url contains unsupported scheme: ${scheme}"`,
            fix: "write oci:// for an image, https:// for a file on a server",
          },
        ];
      }
      return diagnosisIf(scheme === "oci" && (reference === undefined || fault !== undefined), () => ({
        what: fault?.reason ?? `has the url ${url}, which names no image`,
        why: 'Istio: "could not parse url in image reference: …", or it looks on Docker Hub for it',
        fix: "oci://REGISTRY/NAME:TAG, in lower case, a port where the registry is localhost",
      }));
    },
  },
  {
    id: "manifest-url-scheme",
    severity: "error",
    refuses: "a url without a scheme",
    source: `${MODEL}, buildWasmConfig`,
    find: ({ url, scheme }) =>
      diagnosisIf(url !== "" && scheme === undefined, () => ({
        what: `has the url ${url}, without a scheme`,
        why: `the webhook lets it pass; then istiod drops the plugin if there is a port ("discarded due to failure to parse URL: … first path segment in URL cannot contain colon"), and takes it for oci:// if there is none`,
        fix: `url: oci://${url}`,
      })),
  },
  {
    id: "manifest-sha256",
    severity: "error",
    refuses: "a sha256 that is not 64 lower-case hexadecimal digits",
    source: "istio pkg/config/validation/validation.go, validateWasmPluginSHA",
    find: ({ module }) =>
      diagnosisIf(module.sha256 !== undefined && !/^([a-f0-9]{64})?$/.test(textOf(module.sha256)), () => ({
        what: `has the sha256 ${module.sha256}`,
        why: 'Istio: "sha256 field must match [a-f0-9]{64} pattern"',
        fix: "the digits of the image manifest's digest, without sha256: before them, in quotes if they are all decimal",
      })),
  },
  {
    id: "manifest-file",
    severity: "warning",
    refuses: "a file:// url",
    source: `${MODEL}, buildDataSource`,
    find: ({ scheme, url }) =>
      diagnosisIf(scheme === "file", () => ({
        what: `has the url ${url}`,
        why: "Envoy opens it in each proxy's own container; where it is not, the plugin's requests get 500",
        fix: "mount it into every istio-proxy it selects, or publish an image",
      })),
  },
  {
    id: "manifest-http",
    severity: "warning",
    refuses: "a module from a web server without sha256",
    source: `${CACHE}, pullIfNotPresent`,
    find: ({ scheme, module, url }) =>
      diagnosisIf((scheme === "http" || scheme === "https") && !module.sha256, () => ({
        what: `takes the module from ${url} without a sha256`,
        why: "Istio fetches it again at each change of the resource and runs whatever the server gives",
        fix: "add the wasm file's sha256, or publish an image",
      })),
  },
  {
    id: "manifest-tag",
    severity: "warning",
    refuses: "an image without a tag or with the tag latest, not pinned",
    source: `${CACHE}, pullIfNotPresent`,
    find: (subject) => {
      const { reference } = subject;
      const tag = reference?.tag ?? "latest";
      return diagnosisIf(reference !== undefined && tag === "latest" && !pinned(subject), () => ({
        what: reference?.tag ? "names the tag latest" : "names no tag, which is latest",
        why: reference?.tag
          ? "Istio pulls :latest again whenever the resource changes: proxies run different modules by when they started"
          : "each proxy keeps what it pulled first (IfNotPresent): proxies run different modules by when they started",
        fix: "name a version's tag, or pin the digest (manifests --digest)",
      }));
    },
  },
  {
    id: "manifest-pull",
    severity: "warning",
    refuses: "imagePullPolicy Always with a digest",
    source: `${CACHE}, getEntry`,
    find: (subject) =>
      diagnosisIf(subject.module.imagePullPolicy === "Always" && pinned(subject), () => ({
        what: "has imagePullPolicy Always beside a digest",
        why: "the bytes of a digest can't change: it only asks the registry once more, which can fail",
        fix: "leave imagePullPolicy out",
      })),
  },
  {
    id: "manifest-secret",
    severity: "info",
    refuses: "an imagePullSecret that can't be seen from here",
    source: "istio pkg/wasm/convert.go, rewriteVMConfig",
    find: ({ module, namespace }) =>
      diagnosisIf(Boolean(module.imagePullSecret), () => ({
        what: `pulls with the Secret ${module.imagePullSecret}`,
        why: `it must be in the namespace ${namespace}, or else: "cannot fetch Wasm module …: missing image pulling secret"`,
        fix: `kubectl -n ${namespace} get secret ${module.imagePullSecret}`,
      })),
  },
  {
    id: "manifest-open",
    severity: "warning",
    refuses: "FAIL_OPEN in the phases AUTHN and AUTHZ",
    source: "istio pkg/wasm/convert.go, createHTTPDefaultFilter",
    find: ({ module, placement }) =>
      diagnosisIf(
        module.failStrategy === "FAIL_OPEN" && (placement.phase === "AUTHN" || placement.phase === "AUTHZ"),
        () => ({
          what: `is FAIL_OPEN in the phase ${placement.phase}`,
          why: "when the module can't be had or traps, requests pass without it: a guard that is not there",
          fix: "failStrategy: FAIL_CLOSE, which is the default",
        }),
      ),
  },
  {
    id: "manifest-lua",
    severity: "info",
    refuses: "a TrafficExtension of Lua",
    source: MODEL,
    find: (subject) =>
      diagnosisIf(
        isLua(subject),
        (): Diagnosis => ({
          what: "runs Lua",
          why: "there is no module, so nothing more is looked at",
          fix: "nothing",
        }),
      ),
  },
];

/** Not the number that YAML makes of digits alone. */
const textOf = (value: unknown) => (typeof value === "string" ? value : "a number");

const isTarget = (field: string) => /^spec\.(selector|targetRefs?)$/.test(field);
const isLua = ({ kind, module, placement }: PluginSubject) =>
  kind === "TrafficExtension" && module.url === undefined && (placement as { lua?: unknown }).lua !== undefined;
