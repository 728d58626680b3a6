import type { Socket } from "node:net";
import { Flag, FrameType, frame, HpackDecoder, PREFACE } from "@wasm-header-filter/filter-host/testing";
import type { Exchange, Step } from "./exchange.ts";
import { encodedHead } from "./http2-frames.ts";
import { http2Text } from "./http2-text.ts";
import { perform } from "./perform.ts";
import type { Inbox } from "./scene.ts";

/** The size of a frame's header in bytes. */
const HEADER = 9;

/** A request that has begun. */
interface Request {
  readonly stream: number;
  readonly path: string;
  /** Whether all of it has come, or the proxy has reset it. */
  ended: boolean;
}

/** Reads requests from what a proxy sends over HTTP/2. */
class Requests {
  readonly #inbox: Inbox;
  readonly #decoder = new HpackDecoder();
  #at = PREFACE.length;
  #fields = new Map<string, string>();
  readonly all: Request[] = [];

  constructor(inbox: Inbox) {
    this.#inbox = inbox;
  }

  /** Reads what has come; returns the requests so far. */
  read(): readonly Request[] {
    const { bytes } = this.#inbox;
    while (this.#at + HEADER <= bytes.length) {
      const size = bytes.readUIntBE(this.#at, 3);
      const [type, flags] = [bytes[this.#at + 3] as number, bytes[this.#at + 4] as number];
      const stream = bytes.readUInt32BE(this.#at + 5);
      const payload = bytes.subarray(this.#at + HEADER, this.#at + HEADER + size);
      if (payload.length < size) break;
      this.#at += HEADER + size;
      this.#receive(type, flags, stream, payload);
    }
    return this.all;
  }

  #receive(type: number, flags: number, stream: number, payload: Buffer): void {
    const begun = this.all.find((request) => request.stream === stream);
    if (type === FrameType.headers || type === FrameType.continuation) {
      const last = (flags & Flag.endHeaders) !== 0;
      this.#decoder.read(payload, last, (name, value) => this.#fields.set(name, value));
      const ended = type === FrameType.headers && (flags & Flag.endStream) !== 0;
      if (last && !begun) this.all.push({ stream, path: this.#fields.get(":path") ?? "", ended });
      if (last) this.#fields = new Map();
    }
    const message = type === FrameType.headers || type === FrameType.data;
    if (begun && (type === FrameType.reset || (message && flags & Flag.endStream))) begun.ended = true;
  }
}

/**
 * Answers each request of a connection over HTTP/2, one after the other.
 *
 * @param next the steps for the next request
 */
export async function serveHttp2(
  { start }: Exchange,
  socket: Socket,
  inbox: Inbox,
  client: Inbox,
  next: () => readonly Step[],
): Promise<void> {
  const requests = new Requests(inbox);
  for (let at = 0; ; at++) {
    await inbox.until(() => requests.read().length > at);
    const request = requests.all[at];
    if (!request || socket.destroyed) return;
    const before: Step[] = at === 0 && start.length > 0 ? [{ kind: "send", bytes: start }] : [];
    const steps = request.path === "/last" ? lastAnswer(request.stream) : next();
    const ended = () => requests.read()[at]?.ended === true;
    // Steps that wait decide themselves when to answer.
    if (!steps.some(({ kind }) => kind === "wait")) await inbox.until(ended);
    await perform([...before, ...steps], socket, inbox, client);
    await inbox.until(ended);
  }
}

const lastAnswer = (stream: number): Step[] => [
  {
    kind: "send",
    bytes: Buffer.concat([
      encodedHead(stream, [
        [":status", "200"],
        ["content-length", "4"],
      ]),
      frame(FrameType.data, Flag.endStream, stream, Buffer.from("last")),
    ]),
  },
];

/** What an upstream has received over HTTP/2, as text. */
export function http2Received({ bytes }: Inbox): string {
  const begins = bytes.subarray(0, PREFACE.length).equals(PREFACE);
  return begins ? http2Text(bytes.subarray(PREFACE.length)) : bytes.toString("latin1");
}
