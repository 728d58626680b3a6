import { Metadata, Server, ServerCredentials, type ServerDuplexStream, type StatusObject } from "@grpc/grpc-js";
import type { GrpcAnswer, Header } from "../cases/case.ts";

/** What the service got of one call or stream. */
interface GrpcReceived {
  readonly path: string;
  readonly headers: readonly Header[];
  readonly messages: Buffer[];
}

/** A gRPC service with scripted answers. */
export interface GrpcService {
  readonly url: URL;
  /**
   * Sets the next answers: each call gets the next one; the last answer is repeated.
   *
   * @returns the calls that are received from then on
   */
  play(answers: readonly (GrpcAnswer | "never")[]): readonly GrpcReceived[];
  close(): Promise<void>;
}

type Stream = ServerDuplexStream<Buffer, Buffer>;

/**
 * Starts a gRPC service on a free port of 127.0.0.1.
 *
 * @param paths its methods, `/SERVICE/METHOD` each
 */
export async function startGrpcService(paths: Iterable<string>): Promise<GrpcService> {
  let answers: readonly (GrpcAnswer | "never")[] = [];
  let received: GrpcReceived[] = [];
  const server = new Server();
  const asItIs = (bytes: Buffer) => bytes;
  for (const path of new Set(paths)) {
    const handle = (stream: Stream) => {
      const [answer, ...rest] = answers;
      if (rest.length > 0) answers = rest;
      const entry: GrpcReceived = { path, headers: linesOf(stream.metadata), messages: [] };
      received.push(entry);
      if (answer) serve(stream, entry, answer);
    };
    server.register(path, handle, asItIs, asItIs, "bidi");
  }
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    ),
  );
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    play(next) {
      answers = next;
      received = [];
      return received;
    },
    async close() {
      server.forceShutdown();
    },
  };
}

function serve(stream: Stream, { messages }: GrpcReceived, answer: GrpcAnswer | "never"): void {
  stream.on("error", () => {});
  if (answer === "never") {
    stream.on("data", (message: Buffer) => messages.push(message));
    return;
  }
  const left = [...answer.messages];
  if (answer.headers.length > 0) stream.sendMetadata(metadataOf(answer.headers));
  stream.on("data", (message: Buffer) => {
    messages.push(message);
    const reply = answer.lockstep ? left.shift() : undefined;
    if (reply) stream.write(Buffer.from(reply));
  });
  stream.on("end", () => {
    for (const message of left) stream.write(Buffer.from(message));
    const metadata = metadataOf(answer.trailers);
    if (answer.grpcStatus === 0) stream.end(metadata);
    else stream.emit("error", { code: answer.grpcStatus, details: answer.grpcMessage, metadata } as StatusObject);
  });
}

function metadataOf(lines: readonly Header[]): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of lines) metadata.add(name, value);
  return metadata;
}

function linesOf(metadata: Metadata): Header[] {
  return Object.entries(metadata.toHttp2Headers()).flatMap(([name, values]) =>
    [values ?? []].flat().map((value): Header => [name, String(value)]),
  );
}
