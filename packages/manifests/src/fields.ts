import { UsageError } from "@wasm-header-filter/cli";
import { Option } from "commander";
import type { EnvVar, TargetRef, TrafficMatch, WasmPluginSpec } from "./extension.ts";

/** What commander gives for {@link fieldOptions}. */
export interface FieldValues extends Omit<Partial<WasmPluginSpec>, "selector" | "targetRef" | "targetRefs"> {
  readonly set?: Readonly<Record<string, string>>;
  readonly selector?: Readonly<Record<string, string>>;
  readonly targetRef?: readonly TargetRef[];
  readonly env?: readonly EnvVar[];
  readonly envFromHost?: readonly EnvVar[];
}

/** An option for each field of a WasmPlugin; `--set` and the module's place are elsewhere. */
export const fieldOptions = [
  new Option(
    "--selector <label=value>",
    "a label of the pods it is for (default: app=httpbin); may be given again",
  ).argParser(label),
  new Option(
    "--target-ref <ref>",
    "what it is for instead: GROUP/KIND/NAME, or KIND/NAME; may be given again",
  ).argParser(targetRef),
  new Option("--phase <phase>", "before which of Istio's filters (default: after them all)").choices([
    "AUTHN",
    "AUTHZ",
    "STATS",
  ]),
  new Option("--priority <number>", "among the plugins of a phase, the highest first").argParser(integer),
  new Option(
    "--match <mode[:port,..]>",
    "only this traffic: CLIENT, SERVER or CLIENT_AND_SERVER; may be given again",
  ).argParser(match),
  new Option("--sha256 <hex>", "of the image's manifest; with --module-url http(s), of the wasm file"),
  new Option("--image-pull-policy <policy>", "when proxies ask the registry").choices(["IfNotPresent", "Always"]),
  new Option("--image-pull-secret <name>", "a Secret of the same namespace, type kubernetes.io/dockerconfigjson"),
  new Option("--verification-key <key>", "the field of the API; Istio doesn't use it yet"),
  new Option("--plugin-name <name>", "the plugin's root id"),
  new Option(
    "--fail-strategy <strategy>",
    "what happens if the module can't be fetched or crashes (default: FAIL_CLOSE)",
  ).choices(["FAIL_CLOSE", "FAIL_OPEN", "FAIL_RELOAD"]),
  new Option("--env <name=value>", "a variable of the VM's environment; may be given again").argParser(env),
  new Option(
    "--env-from-host <name>",
    "a variable with the value of the proxy's environment; may be given again",
  ).argParser(hostEnv),
  new Option("--type <type>", "the kind of filter; the header filter is HTTP").choices(["HTTP", "NETWORK"]),
];

/**
 * The fields of a WasmPlugin that the options say, in the API's order; a field that they leave out is the file's.
 *
 * @param file the fields of a `--config-file`
 */
export function fieldsOf(options: FieldValues, file: Partial<WasmPluginSpec>): Partial<WasmPluginSpec> {
  const variables = [...(options.env ?? []), ...(options.envFromHost ?? [])];
  const pluginConfig = options.set ? { ...file.pluginConfig, ...options.set } : file.pluginConfig;
  const target = options.selector || options.targetRef ? {} : { selector: file.selector, targetRefs: file.targetRefs };
  const fields = {
    ...target,
    ...(options.selector && { selector: { matchLabels: options.selector } }),
    ...(options.targetRef && { targetRefs: options.targetRef }),
    phase: options.phase ?? file.phase,
    priority: options.priority ?? file.priority,
    match: options.match ?? file.match,
    sha256: options.sha256 ?? file.sha256,
    imagePullPolicy: options.imagePullPolicy ?? file.imagePullPolicy,
    imagePullSecret: options.imagePullSecret ?? file.imagePullSecret,
    verificationKey: options.verificationKey ?? file.verificationKey,
    pluginName: options.pluginName ?? file.pluginName,
    failStrategy: options.failStrategy ?? file.failStrategy,
    type: options.type ?? file.type,
    vmConfig: variables.length > 0 ? { env: variables } : file.vmConfig,
    pluginConfig,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function label(text: string, previous: Record<string, string> = {}): Record<string, string> {
  const [name, value] = split(text, "LABEL=VALUE, such as app=httpbin");
  return { ...previous, [name]: value };
}

function env(text: string, previous: readonly EnvVar[] = []): readonly EnvVar[] {
  const [name, value] = split(text, "NAME=VALUE");
  return [...previous, { name, value }];
}

function hostEnv(name: string, previous: readonly EnvVar[] = []): readonly EnvVar[] {
  return [...previous, { name, valueFrom: "HOST" }];
}

function split(text: string, expected: string): [string, string] {
  const at = text.indexOf("=");
  if (at < 1) throw new UsageError(`${JSON.stringify(text)}: expected ${expected}`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function targetRef(text: string, previous: readonly TargetRef[] = []): readonly TargetRef[] {
  const [name, kind, group, ...rest] = text.split("/").reverse();
  if (!name || !kind || rest.length > 0) {
    throw new UsageError(
      `target ${JSON.stringify(text)}: expected GROUP/KIND/NAME, such as gateway.networking.k8s.io/Gateway/waypoint`,
    );
  }
  return [...previous, { ...(group && { group }), kind, name }];
}

function integer(text: string): number {
  if (/^-?\d{1,10}$/.test(text)) return Number(text);
  throw new UsageError(`priority ${JSON.stringify(text)}: expected an integer`);
}

function match(text: string, previous: readonly TrafficMatch[] = []): readonly TrafficMatch[] {
  const found = /^(CLIENT|SERVER|CLIENT_AND_SERVER)(?::(\d{1,5}(?:,\d{1,5})*))?$/.exec(text);
  if (!found)
    throw new UsageError(`match ${JSON.stringify(text)}: expected MODE or MODE:PORT,PORT, such as SERVER:8000`);
  const ports = found[2]?.split(",").map((port) => ({ number: Number(port) }));
  return [...previous, { mode: found[1] as NonNullable<TrafficMatch["mode"]>, ...(ports && { ports }) }];
}
