import type { Answer, Header, Request, RequestStep } from "../cases/case.ts";
import { Arrivals } from "./arrivals.ts";

/** The authority of requests that give none. */
export const AUTHORITY = "httpbin:8000";

/** What the upstream got of one request. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly Header[];
  readonly trailers: readonly Header[];
  readonly body: Uint8Array;
}

/** What the client got for one request. */
export interface Reply {
  /** Undefined if no head was received. */
  readonly status?: number;
  readonly headers: readonly Header[];
  readonly trailers: readonly Header[];
  readonly interim: readonly { readonly status: number; readonly headers: readonly Header[] }[];
  readonly body: Uint8Array;
  /** How it ended: `complete`, or what interrupted it. */
  readonly end: string;
}

/** One request step, as the client and the upstream carry it out. */
export interface Scene {
  readonly request: Request;
  readonly answer: Answer;
  /** Whether a chunk waits for the one before to arrive. */
  readonly lockstep: boolean;
  /** What the upstream waits for before it answers. */
  readonly held?: () => Promise<void>;
  readonly upstreamHas: Arrivals;
  readonly clientHas: Arrivals;
  /** Filled in by the upstream, one entry for each request that reaches it. */
  readonly received: Received[];
  /** What the proxy held back. */
  readonly faults: string[];
}

export function sceneOf({ request, upstream, lockstep }: RequestStep): Scene {
  const [upstreamHas, clientHas] = [new Arrivals(), new Arrivals()];
  return { request, answer: upstream, lockstep, upstreamHas, clientHas, received: [], faults: [] };
}

/**
 * Writes a body's chunks, in lockstep each only when the other side has the one before.
 *
 * @param scene its `faults` gain what did not arrive
 * @param to the other side, for the note
 * @param has what the other side has; its head counts 1
 * @param write takes one chunk
 */
export async function writeChunks(
  scene: Scene,
  to: "client" | "upstream",
  has: Arrivals,
  chunks: readonly Uint8Array[],
  write: (chunk: Uint8Array) => void,
): Promise<void> {
  let sent = 1;
  for (const [at, chunk] of chunks.entries()) {
    if (scene.lockstep && scene.faults.length === 0 && !(await has.reached(sent))) {
      scene.faults.push(`the ${to} does not have ${at === 0 ? "the head" : `chunk ${at}`}: it is held back`);
    }
    write(chunk);
    sent += chunk.length;
  }
}

/**
 * Waits until a client that aborts once its request has arrived may do so.
 *
 * @returns how that ends the reply; undefined if the client does not abort
 */
export async function leaving({ request, upstreamHas }: Scene): Promise<string | undefined> {
  if (request.abort !== "sent") return undefined;
  return (await upstreamHas.reached(1)) ? "the client hung up" : "the upstream never got the request";
}

/** Whether nothing follows a request's head. */
export const bodiless = ({ body, trailers }: Request): boolean => body.length === 0 && trailers.length === 0;

/** The bytes of a body's chunks. */
export const sizeOf = (chunks: readonly Uint8Array[]): number => chunks.reduce((sum, { length }) => sum + length, 0);
