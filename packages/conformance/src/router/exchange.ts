import { once } from "node:events";
import { connect } from "node:net";
import type { RouterCase } from "./case.ts";
import { PROPERTIES } from "./module.ts";
import type { Play } from "./upstream.ts";

/** What a filter saw of a stream in one callback: the values of {@link PROPERTIES}, null for a missing one. */
type Seen = Readonly<Record<string, string | number | null>>;

/** What could be observed of an exchange. */
export interface Observed {
  /** The client's bytes. */
  readonly client: string;
  /** The requests that the upstream got. */
  readonly upstream: readonly string[];
  /** By callback: `q` the request's headers, `r` the response's headers, `b` the response's end, `l` the log. */
  readonly seen: readonly (readonly [callback: string, seen: Seen])[];
}

/** Carries out the client's part and returns the bytes that it got. */
export async function talk(
  url: URL,
  { send, later, leave }: Pick<RouterCase, "send" | "later" | "leave">,
  { asked }: Play,
): Promise<string> {
  const socket = connect(Number(url.port), url.hostname).setEncoding("latin1");
  let text = "";
  socket.on("data", (chunk: string) => {
    const answered = text.includes("\r\n\r\n");
    text += chunk;
    if (later !== undefined && !answered && text.includes("\r\n\r\n")) socket.write(later, "latin1");
    if (leave === "answered" && text.includes("\r\n\r\n")) socket.destroy();
  });
  socket.on("error", () => {});
  const closed = new Promise((resolve) => socket.once("close", resolve));
  await once(socket, "connect");
  socket.write(send, "latin1");
  if (leave === "sent") socket.end();
  if (leave === "asked") {
    await asked;
    socket.destroy();
  }
  await closed;
  return steady(text);
}

/** Replaces what differs between runs. */
export const steady = (text: string): string =>
  text
    .replace(/\ndate: [^\r]* GMT/g, "\ndate: D")
    .replace(/(expected-rq-timeout-ms: )1[34]\d\d\d/g, "$115000")
    .replace(/\nx-request-id: [-0-9a-f]{36}/g, "\nx-request-id: U")
    .replace(/(\r\ntransfer-encoding: chunked\r\n(?:.+\r\n)*\r\n)([\s\S]*)/, (_, head, body) => head + joined(body))
    .replace(/service-time: \d+/g, "service-time: N");

/** A body without the borders of its chunks. */
const joined = (body: string): string => body.replace(/(?:^|\r\n)[0-9a-f]+\r\n(?=[^\r])/g, "");

/** Decodes the lines that the filter logged. */
export function decode(lines: readonly string[]): Observed["seen"] {
  const found: [string, Record<string, string | number | null>][] = [];
  for (const line of lines) {
    const [, phase = "", index, value = ""] = /^([qrbl])(\d)([0-9a-f]*|-)$/.exec(line) ?? [];
    if (index === "0") found.push([phase, {}]);
    const entry = found.at(-1)?.[1];
    const name = PROPERTIES[Number(index)];
    if (entry && name) entry[name] = decoded(name, value);
  }
  return found;
}

const NUMBERS: ReadonlySet<string> = new Set([
  "response.flags",
  "response.code",
  "response.grpc_status",
  "upstream.request_attempt_count",
]);

function decoded(name: string, value: string): string | number | null {
  if (value === "-") return null;
  const bytes = Buffer.from(value, "hex");
  return NUMBERS.has(name) ? Number(bytes.readBigUInt64LE()) : bytes.toString();
}
