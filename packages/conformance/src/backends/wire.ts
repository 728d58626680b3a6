import type { OutgoingMessage } from "node:http";
import type { Header } from "../cases/case.ts";

/** Node reads and writes header text as latin1, one character per byte; cases are in UTF-8. */
const toWire = (text: string): string => Buffer.from(text).toString("latin1");

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function fromWire(text: string): string {
  try {
    return strict.decode(Buffer.from(text, "latin1"));
  } catch {
    return text;
  }
}

/** Header lines as Node sends them, in order: `[name, value, name, value]`. */
export function toRaw(headers: readonly Header[]): string[] {
  return headers.flatMap(([name, value]) => [toWire(name), toWire(value)]);
}

/** Header lines from Node's `rawHeaders`. */
export function fromRaw(raw: readonly string[]): Header[] {
  return Array.from(
    { length: raw.length / 2 },
    (_, at): Header => [fromWire(raw[2 * at] ?? ""), fromWire(raw[2 * at + 1] ?? "")],
  );
}

/**
 * The framing headers that a message needs and the case does not give.
 *
 * @param headers as the case gives them
 * @param body its chunks: one or none is sent with its length, several are sent chunked
 */
export function framing(
  headers: readonly Header[],
  body: readonly Uint8Array[],
  trailers: readonly Header[],
): Header[] {
  if (headers.some(([name]) => /^(content-length|transfer-encoding)$/i.test(name))) return [];
  if (body.length > 1 || trailers.length > 0) return [["transfer-encoding", "chunked"]];
  return [["content-length", String(body[0]?.length ?? 0)]];
}

/** Header lines as HTTP/2 has them: names in lower case, and no chunks (RFC 9113, sections 8.2.1 and 8.2.2). */
export function http2Lines(headers: readonly Header[]): Header[] {
  return headers
    .map(([name, value]): Header => [name.toLowerCase(), value])
    .filter(([name]) => name !== "transfer-encoding");
}

/** Sends a message's head at once. Node's own `flushHeaders` writes it as UTF-8, which breaks text that is not ASCII. */
export function flushHead(message: OutgoingMessage): void {
  message.write(new Uint8Array());
}
