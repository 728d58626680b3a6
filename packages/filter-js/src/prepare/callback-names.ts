import { runInNewContext } from "node:vm";
import type { Filter } from "../filter.ts";
import type { Node, Syntax } from "./syntax.ts";
import { childrenOf } from "./syntax.ts";

/** The properties that a filter may have. */
const PROPERTIES: Readonly<Record<keyof Filter<unknown>, true>> = {
  onConfigure: true,
  onStream: true,
  onRequestHeaders: true,
  onRequestBody: true,
  onRequestTrailers: true,
  onResponseHeaders: true,
  onResponseBody: true,
  onResponseTrailers: true,
  onLog: true,
  onNewConnection: true,
  onDownstreamData: true,
  onUpstreamData: true,
  onDownstreamConnectionClose: true,
  onUpstreamConnectionClose: true,
  onVmStart: true,
  onTick: true,
  onQueueReady: true,
  onForeignFunction: true,
  onDone: true,
  onPluginDone: true,
  onError: true,
  waitLimit: true,
};

/** The longest that a definition may take while its properties are read. */
const MILLISECONDS = 5000;

/**
 * Finds a property of a filter that is none of its callbacks, since one that is misspelt is never called, or an unknown value of `onError`. The
 * definition is run with a host that does nothing; one that can't be run so has no such property found, and the engine says why it can't be.
 *
 * @param script the bundled filter, which passes its definition to `defineProxyWasmFilter`
 * @returns the property and what is wrong with it, or undefined
 */
export function wrongProperty(script: string): { name: string; text: string } | undefined {
  let filter: unknown;
  const define = (definition: unknown) => {
    if (typeof definition === "function") filter = definition(idleHost());
  };
  const globals = { defineProxyWasmFilter: define, console: idleConsole(), queueMicrotask() {} };
  try {
    runInNewContext(`"use strict";(() => {${script}\n})()`, globals, { timeout: MILLISECONDS });
  } catch {
    return undefined;
  }
  const name = namesOf(filter).find((one) => !Object.hasOwn(PROPERTIES, one));
  if (name !== undefined)
    return { name, text: `${name} is not a callback of a filter: the nearest is ${nearest(name)}` };
  const { onError } = (filter ?? {}) as { onError?: unknown };
  if (onError === undefined || onError === "continue" || onError === "deny") return undefined;
  const given = typeof onError === "function" ? "a function" : JSON.stringify(onError);
  return { name: "onError", text: `onError is ${given}: a filter can have "continue" or "deny"` };
}

/** Where a property of that name is written in the script: the first. */
export function propertyNode(syntax: Syntax, name: string): Node | undefined {
  const waiting: Node[] = [syntax.program];
  let found: Node | undefined;
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    waiting.push(...childrenOf(node));
    if (node.type !== "Property" && node.type !== "MethodDefinition" && node.type !== "PropertyDefinition") continue;
    const key = node.key.type === "Identifier" ? node.key.name : node.key.type === "Literal" ? node.key.value : "";
    if (key === name && !node.computed && (!found || node.start < found.start)) found = node;
  }
  return found;
}

/** All properties of an object; of a class's instance, those that are named as callbacks are. */
function namesOf(filter: unknown): string[] {
  if (typeof filter !== "object" || filter === null) return [];
  const own = Object.entries(filter).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  const prototype = Object.getPrototypeOf(filter);
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return own;
  const inherited: string[] = [];
  for (let at = prototype; at && Object.getPrototypeOf(at); at = Object.getPrototypeOf(at))
    inherited.push(...Object.getOwnPropertyNames(at));
  return [...own, ...inherited].filter((name) => /^on[A-Z_]/.test(name));
}

/** The callback that takes the fewest changes of letters. */
function nearest(name: string): string {
  const [best = ""] = Object.keys(PROPERTIES)
    .map((known) => ({ known, changes: changes(name.toLowerCase(), known.toLowerCase()) }))
    .sort((a, b) => a.changes - b.changes)
    .map(({ known }) => known);
  return best;
}

/** Levenshtein's distance. */
function changes(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let at = 0; at < from.length; at++) {
    const next = [at + 1];
    for (let other = 0; other < to.length; other++) {
      const replaced = (row[other] as number) + (from[at] === to[other] ? 0 : 1);
      next.push(Math.min(replaced, (row[other + 1] as number) + 1, (next[other] as number) + 1));
    }
    row = next;
  }
  return row.at(-1) as number;
}

/** Interns what it is given; any other call ends the definition, as it does in the engines. */
function idleHost(): unknown {
  const idle = { internName: (text: string) => ({ text }), internHeaders: (list: unknown) => ({ list }), log: () => 0 };
  return new Proxy(idle, {
    has: () => true,
    get(target, name) {
      if (name in target) return target[name as keyof typeof target];
      return () => {
        throw new Error(`${String(name)} called while the filter is made`);
      };
    },
  });
}

function idleConsole(): unknown {
  return new Proxy({}, { get: () => () => undefined });
}
