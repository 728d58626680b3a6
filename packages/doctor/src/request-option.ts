import { UsageError } from "@wasm-header-filter/cli";
import type { Pair } from "proxy-wasm-host";
import type { TrialRequest } from "./trial/report.ts";
import { ADDED_BY_ENVOY } from "./trial/usual-requests.ts";

const EXPECTED = `expected "METHOD PATH", such as "POST /login", or JSON such as {"method": "POST", "path": "/login", "headers": {"accept": "*/*"}, "body": "x"}`;

/** The fields of a request in JSON; all of them can be left out. */
interface RequestJson {
  readonly method?: string;
  readonly path?: string;
  readonly authority?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
}

/**
 * Reads a request for the trial.
 *
 * @param text `METHOD PATH`, or JSON with `method`, `path`, `authority`, `headers` and `body`
 * @throws UsageError if it is neither
 */
export function trialRequest(text: string): TrialRequest {
  const { method = "GET", path = "/", authority = "httpbin:8000", headers = {}, body } = requestJson(text);
  const pairs = Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((value): Pair => [name.toLowerCase(), latin1(value)]),
  );
  const pseudo: Pair[] = [
    [":authority", latin1(authority)],
    [":path", latin1(path)],
    [":method", latin1(method)],
    [":scheme", "http"],
  ];
  const usual: readonly Pair[] = [["user-agent", "filter-host"], ...ADDED_BY_ENVOY];
  const missing = usual.filter(([name]) => !pairs.some(([given]) => given === name));
  return { name: `${method} ${path}`, headers: [...pseudo, ...missing, ...pairs], ...(body !== undefined && { body }) };
}

function requestJson(text: string): RequestJson {
  const [, method, path] = /^([!#$%&'*+.^`|~\w-]+) (\S+)$/.exec(text) ?? [];
  if (method !== undefined && path !== undefined) return { method, path };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`--request ${text}: ${EXPECTED}`, { cause });
  }
  if (!isRequest(value)) throw new UsageError(`--request ${text}: ${EXPECTED}`);
  return value;
}

const FIELDS = ["method", "path", "authority", "headers", "body"];
const isText = (value: unknown) => typeof value === "string";
const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function isRequest(value: unknown): value is RequestJson {
  if (!isObject(value)) return false;
  const { headers = {}, ...texts } = value as Record<string, unknown>;
  return (
    Object.entries(texts).every(([name, text]) => FIELDS.includes(name) && isText(text)) &&
    isObject(headers) &&
    Object.values(headers).every((one) => isText(one) || (Array.isArray(one) && one.every(isText)))
  );
}

/** UTF-8 as headers have it: one byte per character. */
const latin1 = (text: string): string => Buffer.from(text).toString("latin1");
