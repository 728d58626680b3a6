import type { Pair } from "./abi/pairs.ts";

/** An answer made by the proxy or a filter in the upstream's place. */
export interface LocalReply {
  readonly status: number;
  readonly headers: readonly Pair[];
  readonly body: Buffer;
  /** Why, as the property `response.code_details` tells it. */
  readonly details: string;
  /** The gRPC status to give to gRPC clients, if not the one that the HTTP status maps to. */
  readonly grpcStatus?: number;
}

/** A local reply without headers of its own. */
export const localReply = (status: number, details: string, body = ""): LocalReply => ({
  status,
  headers: [],
  body: Buffer.from(body),
  details,
});
