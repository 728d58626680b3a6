import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { Level } from "../../cases/case.ts";
import { logText } from "../log-text.ts";

/** One line of Envoy's log. */
export interface EnvoyLine {
  readonly level: Level;
  /** Which part of Envoy it comes from: `wasm`, `main`, ... */
  readonly component: string;
  readonly text: string;
}

/** Makes Envoy write lines that {@link parseLine} can read. */
export const LOG_OPTIONS = ["--log-format", "%l %n %v", "--log-format-escaped"];

const LEVELS = new Set(["trace", "debug", "info", "warn", "error", "critical"]);

/**
 * Parses a line that Envoy logged.
 *
 * @returns undefined for text from elsewhere, such as a library's message
 */
export function parseLine(line: string): EnvoyLine | undefined {
  const match = /^([a-z]+) ([a-z0-9_]+) (.*)$/s.exec(line);
  const level = match?.[1] === "warning" ? "warn" : match?.[1];
  if (!match || level === undefined || !LEVELS.has(level)) return undefined;
  return { level: level as Level, component: match[2] ?? "", text: unescaped(match[3] ?? "") };
}

const LETTERS: Record<string, string> = { n: "\n", r: "\r", t: "\t" };

/** Undoes absl::CEscape, which `--log-format-escaped` applies to the whole text, byte by byte. */
function unescaped(text: string): string {
  const bytes = text.replace(/\\([0-7]{3}|.)/gs, (_, what: string) =>
    what.length === 3 ? String.fromCharCode(Number.parseInt(what, 8)) : (LETTERS[what] ?? what),
  );
  return logText(Buffer.from(bytes, "latin1"));
}

/** Reads what a growing file has gained since the last time, whole lines only. */
export function tail(path: string): { read(): string[]; close(): void } {
  const file = openSync(path, "r");
  let [at, rest] = [0, ""];
  return {
    read() {
      const bytes = Buffer.alloc(fstatSync(file).size - at);
      at += readSync(file, bytes, 0, bytes.length, at);
      const lines = (rest + bytes.toString("latin1")).split("\n");
      rest = lines.pop() ?? "";
      return lines;
    },
    close: () => closeSync(file),
  };
}
