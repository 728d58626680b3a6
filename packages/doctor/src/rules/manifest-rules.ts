import { type Diagnosis, diagnosisIf, type Rule } from "proxy-wasm-host";
import type { PluginSubject } from "../subjects/plugin.ts";

const VALIDATION = "istio pkg/config/validation/validation.go, ValidateWasmPlugin";
const MODEL = "istio pilot/pkg/model/extensions.go";
const CACHE = "istio pkg/wasm/cache.go";

const KNOWN = ["oci", "http", "https", "file"];

/** Faults that other rules report in more detail. */
const REPORTED_ELSEWHERE = /^spec(\.wasm)?(\.(url|sha256) | needs the field url$)/;

const pinned = ({ module, reference }: PluginSubject): boolean =>
  Boolean(module.sha256) || reference?.digest !== undefined;
const targets = ({ placement }: PluginSubject) =>
  (["selector", "targetRef", "targetRefs"] as const).filter((field) => placement[field] !== undefined);

/** Rules about the fields of a WasmPlugin or TrafficExtension. */
export const MANIFEST_RULES: readonly Rule<PluginSubject>[] = [
  {
    id: "manifest-field",
    severity: "error",
    refuses: "an unknown field, or an invalid value",
    source: `the resource definitions of Istio; ${VALIDATION}`,
    find: (subject) =>
      subject.faults
        .filter(
          ({ field, reason }) =>
            !REPORTED_ELSEWHERE.test(`${field} ${reason}`) && !(targets(subject).length > 1 && isTarget(field)),
        )
        .map(({ field, reason, at }) => ({
          what: `${at}: ${field || "the resource"} ${reason}`,
          why: /^has no field/.test(reason)
            ? `kubectl apply: "strict decoding error: unknown field …"; with --validate=false it is silently dropped`
            : `kubectl apply: "The ${subject.kind} "${subject.name}" is invalid: …"`,
          fix: "fix the field; kubectl explain wasmplugin.spec lists the fields",
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
    refuses: "a url that is missing, has an unknown scheme or does not name an image",
    source: "istio pkg/config/validation/validation.go, validateWasmPluginURL; go-containerregistry pkg/name",
    find: (subject) => {
      const { url, scheme, reference } = subject;
      if (isLua(subject)) return [];
      const fault = subject.faults.find(({ field }) => /\.url$/.test(field));
      if (url === "") {
        return [
          { what: "has no url", why: 'Istio: "url field needs to be set"', fix: "set url: oci://REGISTRY/NAME:TAG" },
        ];
      }
      if (scheme !== undefined && !KNOWN.includes(scheme)) {
        return [
          {
            what: `has the url ${url}`,
            why: `Istio: "url contains unsupported scheme: ${scheme}"`,
            fix: url.startsWith(`${scheme}://`)
              ? "use oci:// for an image, or https:// for a file on a web server"
              : `set url: oci://${url}`,
          },
        ];
      }
      const isImage = scheme === "oci" || scheme === undefined;
      return diagnosisIf(isImage && (reference === undefined || fault !== undefined), () => ({
        what: fault?.reason ?? `has the url ${url}, which does not name an image`,
        why: 'Istio: "could not parse url in image reference: …", or it pulls from Docker Hub',
        fix: "use oci://REGISTRY/NAME:TAG in lower case, with a port if the registry is localhost",
      }));
    },
  },
  {
    id: "manifest-url-scheme",
    severity: "warning",
    refuses: "a url without a scheme",
    source: `${MODEL}, buildWasmConfig`,
    find: ({ url, scheme, reference, faults }) =>
      diagnosisIf(
        reference !== undefined && scheme === undefined && !faults.some(({ field }) => /\.url$/.test(field)),
        () => ({
          what: `has the url ${url}, without a scheme`,
          why: "Istio takes it for the name of an image; people and other tools may not",
          fix: `set url: oci://${url}`,
        }),
      ),
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
        fix: "set it to the image manifest's digest without the prefix sha256:, in quotes if it has no letters",
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
        why: "Envoy opens the file in the proxy's container; if it is missing, requests get 500",
        fix: "mount the file into every selected istio-proxy, or publish an image",
      })),
  },
  {
    id: "manifest-http",
    severity: "warning",
    refuses: "a module from a web server without sha256",
    source: `${CACHE}, pullIfNotPresent`,
    find: ({ scheme, module, url }) =>
      diagnosisIf((scheme === "http" || scheme === "https") && !module.sha256, () => ({
        what: `downloads the module from ${url} without a sha256`,
        why: "Istio downloads it again whenever the resource changes, and runs what the server returns",
        fix: "add the wasm file's sha256, or publish an image",
      })),
  },
  {
    id: "manifest-tag",
    severity: "warning",
    refuses: "an image that is not pinned and has no tag or the tag latest",
    source: `${CACHE}, pullIfNotPresent`,
    find: (subject) => {
      const { reference } = subject;
      const tag = reference?.tag ?? "latest";
      return diagnosisIf(reference !== undefined && tag === "latest" && !pinned(subject), () => ({
        what: reference?.tag ? "names the tag latest" : "names no tag, which means latest",
        why: reference?.tag
          ? "Istio pulls :latest again whenever the resource changes: which module a proxy runs depends on when it started"
          : "each proxy keeps what it pulled first (IfNotPresent): which module a proxy runs depends on when it started",
        fix: "use the tag of a version, or pin the digest (manifests --digest)",
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
        what: "has imagePullPolicy Always and a pinned digest",
        why: "an image with this digest can't change; Always only adds a request to the registry, which can fail",
        fix: "remove imagePullPolicy",
      })),
  },
  {
    id: "manifest-secret",
    severity: "info",
    refuses: "an imagePullSecret that is not in the manifest, so not checked",
    source: "istio pkg/wasm/convert.go, rewriteVMConfig",
    find: ({ module, namespace, secret }) =>
      diagnosisIf(Boolean(module.imagePullSecret) && !secret, () => ({
        what: `needs the Secret ${module.imagePullSecret}`,
        why: `it must exist in the namespace ${namespace}; otherwise Istio: "cannot fetch Wasm module …: missing image pulling secret"`,
        fix: `check with kubectl -n ${namespace} get secret ${module.imagePullSecret}`,
      })),
  },
  {
    id: "manifest-secret-config",
    severity: "error",
    refuses: "an imagePullSecret whose Docker configuration Istio's agent cannot use",
    source: "istio pkg/wasm/imagefetcher.go, wasmKeyChain; docker/cli cli/config/configfile/file.go",
    find: ({ secret }) =>
      diagnosisIf(secret?.fault !== undefined, () => ({
        what: `has an imagePullSecret that is of no use: ${secret?.fault}`,
        why: "Istio's agent then pulls nothing; requests get 403 (FAIL_CLOSE) or skip the filter (FAIL_OPEN)",
        fix: "make the Secret with kubectl create secret docker-registry",
      })),
  },
  {
    id: "manifest-open",
    severity: "warning",
    refuses: "FAIL_OPEN in the phase AUTHN or AUTHZ",
    source: "istio pkg/wasm/convert.go, createHTTPDefaultFilter",
    find: ({ module, placement }) =>
      diagnosisIf(
        module.failStrategy === "FAIL_OPEN" && (placement.phase === "AUTHN" || placement.phase === "AUTHZ"),
        () => ({
          what: `is FAIL_OPEN in the phase ${placement.phase}`,
          why: "if the module could not be fetched or has trapped, requests pass without authentication or authorization",
          fix: "use failStrategy: FAIL_CLOSE, which is the default",
        }),
      ),
  },
  {
    id: "manifest-lua",
    severity: "info",
    refuses: "a TrafficExtension with Lua",
    source: MODEL,
    find: (subject) =>
      diagnosisIf(
        isLua(subject),
        (): Diagnosis => ({
          what: "runs Lua",
          why: "there is no module to examine",
          fix: "nothing to fix",
        }),
      ),
  },
];

/** YAML reads a text of digits only as a number, which is not a valid sha256. */
const textOf = (value: unknown) => (typeof value === "string" ? value : "a number");

const isTarget = (field: string) => /^spec\.(selector|targetRefs?)$/.test(field);
const isLua = ({ kind, module, placement }: PluginSubject) =>
  kind === "TrafficExtension" && module.url === undefined && (placement as { lua?: unknown }).lua !== undefined;
