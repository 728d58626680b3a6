import type { Header } from "../cases/case.ts";
import { Patience } from "../environment/patience.ts";
import type { Reply, Scene } from "./scene.ts";
import { fromRaw } from "./wire.ts";

/** The longest time without data, in ms: many times what a busy machine needs. */
const PATIENCE = 15_000;

/** Collects the reply to the client of a scene. */
export interface Incoming {
  /** @param raw Node's `rawHeaders`; names that begin with a colon, HTTP/2's own, are left out */
  head(status: number, raw: readonly string[]): void;
  interim(status: number, raw: readonly string[]): void;
  body(chunk: Buffer): void;
  trailers(raw: readonly string[]): void;
  /** Only the first end counts. */
  finish(end: string): void;
  /** The reply, once it has ended. */
  readonly reply: Promise<Reply>;
}

/**
 * Collects a reply, and gives up if nothing more comes for too long.
 *
 * @param scene its `clientHas` is updated
 * @param hangUp closes the connection
 */
export function collect(scene: Scene, hangUp: () => void): Incoming {
  const { promise, resolve } = Promise.withResolvers<Reply>();
  const draft: { -readonly [K in keyof Reply]: Reply[K] } = {
    headers: [],
    trailers: [],
    interim: [],
    body: Buffer.of(),
    end: "no answer",
  };
  const chunks: Buffer[] = [];
  const finish = (end: string) => {
    patience.end();
    hangUp();
    resolve({ ...draft, body: Buffer.concat(chunks), end });
  };
  const patience = new Patience(PATIENCE, () => finish(`nothing more came for ${PATIENCE / 1000} s`));
  return {
    head(status, raw) {
      draft.status = status;
      draft.headers = lines(raw);
      scene.clientHas.add(1);
    },
    interim(status, raw) {
      draft.interim = [...draft.interim, { status, headers: lines(raw) }];
    },
    body(chunk) {
      chunks.push(chunk);
      scene.clientHas.add(chunk.length);
      patience.refresh();
    },
    trailers(raw) {
      draft.trailers = lines(raw);
    },
    finish,
    reply: promise,
  };
}

const lines = (raw: readonly string[]): Header[] => fromRaw(raw).filter(([name]) => !name.startsWith(":"));
