import type { Header } from "./host.ts";
import { lowerCase, nameFault } from "./names.ts";
import { nestsDeeper } from "./nesting.ts";
import { wireOrder } from "./order.ts";
import { decodeUtf8 } from "./utf8.ts";
import { headerValue } from "./values.ts";

const LEVELS = 32;

/** The headers that a configuration asks for, in wire order, or why it is refused. */
export type Configuration = { headers: Header[]; refusal?: undefined } | { headers?: undefined; refusal: string };

/**
 * Reads a configuration.
 *
 * @param bytes as the proxy delivers them; an empty configuration is valid
 * @returns all headers to add, or the reason of the first fault: UTF-8, nesting, JSON, object, then the entries in wire order
 */
export function readConfiguration(bytes: Uint8Array): Configuration {
  if (bytes.length === 0) return { headers: [] };
  const text = decodeUtf8(bytes);
  if (text === undefined) return { refusal: "not valid UTF-8" };
  if (nestsDeeper(bytes, LEVELS)) return { refusal: `nested deeper than ${LEVELS} levels` };
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    return { refusal: "not valid JSON" };
  }
  if (kindOf(root) !== "object") return { refusal: `expected a JSON object, got ${kindOf(root)}` };
  return readEntries(root as Record<string, unknown>);
}

function kindOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
}

function readEntries(entries: Record<string, unknown>): Configuration {
  const headers: Header[] = [];
  for (const name of wireOrder(Object.keys(entries))) {
    const refuse = (fault: string) => ({ refusal: `header ${JSON.stringify(name)}: ${fault}` });
    const nameIs = nameFault(name);
    if (nameIs !== undefined) return refuse(nameIs);
    const wireName = lowerCase(name);
    const entry = entries[name];
    for (const element of Array.isArray(entry) ? entry : [entry]) {
      const { value, fault } = headerValue(element);
      if (fault !== undefined) return refuse(fault);
      headers.push([wireName, value]);
    }
  }
  return { headers };
}

/**
 * Tells why a configuration would be refused, for tools that write one.
 *
 * @param bytes as the proxy would deliver them
 * @returns the reason that the filter would log, or undefined for a good one
 */
export function configurationRefusal(bytes: Uint8Array): string | undefined {
  return readConfiguration(bytes).refusal;
}
