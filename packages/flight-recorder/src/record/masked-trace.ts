import { hostFunctionNamed, lowerCase, type Pair, type Signature, type TraceEvent } from "proxy-wasm-host";
import { MASK } from "./known-secrets.ts";
import { type Redaction, secretsOf } from "./redaction.ts";

type Values = Readonly<Record<string, unknown>>;

/** Buffers that hold a whole configuration. */
const CONFIGURATIONS = new Set<unknown>(["vm_configuration", "plugin_configuration"]);

/**
 * Masks secrets in the events of a trace, as a recorder does.
 *
 * @param redaction what is masked
 * @param emit gets the events
 * @returns what to give as `trace`
 */
export function maskedTrace(redaction: Redaction, emit: (event: TraceEvent) => void): (event: TraceEvent) => void {
  return (event) => {
    const fn = event.kind === "call" ? hostFunctionNamed(event.name) : undefined;
    if (!fn) return emit(event);
    const { args, results } = event;
    const header = headerOf(fn, args, redaction);
    const masked = (values: Values) => maskedValues(fn, values, args, header, redaction);
    // Headers are learned before other values are searched for their secrets.
    for (const values of [args, results]) learnPairs(values, redaction);
    emit({ ...event, args: masked(args), ...(results && { results: masked(results) }) });
  };
}

/** The masked header that a call reads or writes, if any. */
function headerOf(fn: Signature, args: Values, redaction: Redaction): string | undefined {
  const key = fn.parameters.find(({ secret }) => secret === "header-name");
  const value = key && args[key.name];
  return [value].flat().find((part): part is string => typeof part === "string" && redaction.hides(part));
}

function maskedValues(
  fn: Signature,
  values: Values,
  args: Values,
  header: string | undefined,
  redaction: Redaction,
): Values {
  const entries = Object.entries(values).map(([name, value]) => {
    const { secret } = fn.parameters.find((one) => one.name === name) ?? {};
    if (secret === "header-value" && header !== undefined) return [name, hidden(header, value, redaction)] as const;
    if (CONFIGURATIONS.has(args.buffer) && typeof value === "string")
      return [name, redaction.configuration(value)] as const;
    return [name, clean(value, redaction)] as const;
  });
  return Object.fromEntries(entries);
}

function hidden(header: string, value: unknown, redaction: Redaction): unknown {
  const text = value instanceof Uint8Array ? latin1(value) : value;
  if (typeof text !== "string" || text === "") return value;
  for (const secret of secretsOf(lowerCase(header), text)) redaction.learn(secret);
  return MASK;
}

const isPairs = (value: unknown): value is readonly Pair[] => Array.isArray(value) && Array.isArray(value[0]);

function learnPairs(values: Values | undefined, redaction: Redaction): void {
  for (const list of Object.values(values ?? {})) {
    if (isPairs(list)) for (const [name, value] of list) if (redaction.hides(name)) hidden(name, value, redaction);
  }
}

function clean(value: unknown, redaction: Redaction): unknown {
  if (typeof value === "string") return redaction.clean(value);
  if (isPairs(value)) {
    return value.map(([name, one]) => [name, redaction.hides(name) ? one && MASK : redaction.clean(one)]);
  }
  if (Array.isArray(value)) return value.map((one) => clean(one, redaction));
  if (!(value instanceof Uint8Array)) return value;
  const text = latin1(value);
  const cleaned = redaction.clean(text);
  return cleaned === text ? value : cleaned;
}

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
