import { diagnosisIf, type Rule } from "proxy-wasm-host";

/** How a manifest uses a module, and what the module implements. */
export interface TypeSubject {
  /** The manifest's `type`; HTTP by default. */
  readonly type: string;
  /** The module's callbacks. */
  readonly callbacks: readonly string[];
}

const HTTP = /^proxy_on_(request|response)_/;
const NETWORK = /^proxy_on_(new_connection|(down|up)stream_)/;

/** Whether a module has callbacks of one type of filter, and none of the other. */
const isOnly = ({ callbacks }: TypeSubject, wanted: RegExp, other: RegExp): boolean =>
  callbacks.some((name) => wanted.test(name)) && !callbacks.some((name) => other.test(name));

/** Rules about the type of filter. */
export const TYPE_RULES: readonly Rule<TypeSubject>[] = [
  {
    id: "manifest-type",
    severity: "warning",
    refuses: "a type that does not match the module's callbacks",
    source: "istio pilot/pkg/model/extensions.go, BuildHTTPWasmFilter and BuildNetworkWasmFilter",
    find: (subject) => {
      const network = subject.type === "NETWORK";
      const unused = network ? isOnly(subject, HTTP, NETWORK) : isOnly(subject, NETWORK, HTTP);
      const [is, has] = network ? ["NETWORK", "HTTP"] : ["HTTP", "connections"];
      return diagnosisIf(unused, () => ({
        what: `uses it as type ${is}, but the module has callbacks for ${has} only`,
        why: "Envoy never calls them: the filter does nothing, and there is no error",
        fix: network ? "remove type" : "set type: NETWORK",
      }));
    },
  },
];
