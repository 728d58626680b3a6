import { diagnosisIf, type Rule } from "proxy-wasm-host";

/** What a manifest makes of a module, and what the module is. */
export interface TypeSubject {
  /** The manifest's `type`; HTTP if it says none. */
  readonly type: string;
  /** The module's callbacks. */
  readonly callbacks: readonly string[];
}

const HTTP = /^proxy_on_(request|response)_/;
const NETWORK = /^proxy_on_(new_connection|(down|up)stream_)/;

/** Whether a module has callbacks, and all of them but its life's are of one sort. */
const isOnly = ({ callbacks }: TypeSubject, sort: RegExp, other: RegExp): boolean =>
  callbacks.some((name) => sort.test(name)) && !callbacks.some((name) => other.test(name));

/** Whether the manifest uses the module as what it is. */
export const TYPE_RULES: readonly Rule<TypeSubject>[] = [
  {
    id: "manifest-type",
    severity: "warning",
    refuses: "a type other than what the module's callbacks are for",
    source: "istio pilot/pkg/model/extensions.go, BuildHTTPWasmFilter and BuildNetworkWasmFilter",
    find: (subject) => {
      const network = subject.type === "NETWORK";
      const vain = network ? isOnly(subject, HTTP, NETWORK) : isOnly(subject, NETWORK, HTTP);
      const [is, has] = network ? ["NETWORK", "HTTP"] : ["HTTP", "connections"];
      return diagnosisIf(vain, () => ({
        what: `uses it as type ${is}, but the module has callbacks for ${has} alone`,
        why: "Envoy sets it up in a chain that never calls them: no traffic is seen, and no error either",
        fix: network ? "leave type out" : "type: NETWORK",
      }));
    },
  },
];
