import { HpackDecoder } from "@wasm-header-filter/filter-host/testing";

const NAMES = "DATA HEADERS PRIORITY RST_STREAM SETTINGS PUSH_PROMISE PING GOAWAY WINDOW_UPDATE CONTINUATION".split(
  " ",
);
const [DATA, HEADERS, RESET, SETTINGS, PING, GOAWAY, WINDOW, CONTINUATION] = [0, 1, 3, 4, 6, 7, 8, 9];

/** The size of a frame's header in bytes. */
const HEADER = 9;

/** A frame as text, without what differs from run to run. */
interface Line {
  readonly stream: number;
  text: string;
  /** The data of frames that came one after the other. */
  data?: Buffer;
}

/**
 * What a client has received over HTTP/2 as lines of text, those of the connection first, then stream by stream. WINDOW_UPDATE is left
 * out, and frames of data that follow each other are one, because their number depends on how bytes arrive.
 */
export function http2Text(received: Buffer): string {
  const decoder = new HpackDecoder();
  const lines: Line[] = [];
  let fields: string[] = [];
  let at = 0;
  for (; at + HEADER <= received.length; ) {
    const [size, type, flags] = [received.readUIntBE(at, 3), received[at + 3] as number, received[at + 4] as number];
    const stream = received.readUInt32BE(at + 5);
    const payload = received.subarray(at + HEADER, at + HEADER + size);
    if (payload.length < size) break;
    at += HEADER + size;
    if (type === WINDOW) continue;
    const end = (flags & 1) !== 0 && (type === DATA || type === HEADERS) ? " END" : "";
    if (type === DATA) {
      const last = lines.findLast((line) => line.stream === stream);
      const data = Buffer.concat([last?.data ?? Buffer.of(), payload]);
      const text = `DATA ${stream}${end} ${summary(data)}`;
      if (last?.data) Object.assign(last, { text, data });
      else lines.push({ stream, text, data });
      continue;
    }
    if (type === HEADERS || type === CONTINUATION) {
      if (type === HEADERS) fields = [];
      decoder.read(payload, (flags & 4) !== 0, (name, value) => fields.push(`${name}: ${value}`));
      if (flags & 4) lines.push({ stream, text: `HEADERS ${stream}${end} | ${fields.join(" | ")} |` });
      continue;
    }
    lines.push({ stream, text: `${NAMES[type] ?? type} ${stream} ${detail(type, flags, payload)}` });
  }
  const rest = at < received.length ? [`${received.length - at} bytes more`] : [];
  return [...lines.sort((one, other) => one.stream - other.stream).map(({ text }) => text), ...rest].join("\n");
}

const LONG = 300;

const summary = (data: Buffer): string =>
  data.length > LONG ? `${data.length} bytes` : JSON.stringify(data.toString("latin1"));

function detail(type: number, flags: number, payload: Buffer): string {
  if (type === RESET) return `${payload.readUInt32BE(0)}`;
  if (type === GOAWAY) return `${payload.readUInt32BE(0)} ${payload.readUInt32BE(4)} ${payload.subarray(8)}`;
  if (type === PING) return `${flags & 1 ? "ACK " : ""}${JSON.stringify(payload.toString("latin1"))}`;
  if (type !== SETTINGS) return payload.toString("hex");
  const entries = Array.from({ length: payload.length / 6 }, (_, entry) => [
    payload.readUInt16BE(6 * entry),
    payload.readUInt32BE(6 * entry + 2),
  ]);
  return flags & 1 ? "ACK" : JSON.stringify(entries);
}
