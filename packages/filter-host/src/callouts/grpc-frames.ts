/** The size of the prefix of each message in bytes: a flag, and the message's size. */
const PREFIX = 5;

/** A message with its prefix (grpc/grpc, doc/PROTOCOL-HTTP2.md, "Length-Prefixed-Message"). */
export function grpcFrame(message: Buffer): Buffer {
  const prefix = Buffer.alloc(PREFIX);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** Splits the data of a stream into messages. */
export class GrpcFrames {
  #rest = Buffer.alloc(0);

  /** @returns the messages that are complete; undefined for an invalid or a compressed one (compression is never requested) */
  read(chunk: Buffer): Buffer[] | undefined {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const messages: Buffer[] = [];
    while (this.#rest.length >= PREFIX) {
      if (this.#rest[0] !== 0) return undefined;
      const end = PREFIX + this.#rest.readUInt32BE(1);
      if (this.#rest.length < end) break;
      messages.push(this.#rest.subarray(PREFIX, end));
      this.#rest = this.#rest.subarray(end);
    }
    return messages;
  }
}
