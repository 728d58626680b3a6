import { HeaderMap } from "../http/headers.ts";
import type { Message } from "../http/message.ts";
import type { CallResponse, Clusters } from "./clusters.ts";

/**
 * Answers a module's HTTP call-out.
 *
 * @returns the response, or a promise of it; undefined to reset the connection, as does an exception or a rejected promise
 */
export type Answer = (request: Message) => Message | undefined | Promise<Message | undefined>;

/** gRPC's "unimplemented". */
const UNIMPLEMENTED = 12;

/**
 * Services that are functions: for tests, and for hosts that send requests in their own way. A module gets an answer after its
 * callback has returned, also one that comes at once. Time-outs of call-outs are not applied, and gRPC calls end with the status
 * UNIMPLEMENTED.
 *
 * @param services by the names that modules call them by
 * @returns what to give as `clusters`
 */
export function answering(services: Readonly<Record<string, Answer>>): Clusters {
  const answers = new Map(Object.entries(services).map(([name, answer]) => [urlOf(name).href, answer]));
  return {
    find: (name) => (Object.hasOwn(services, name) ? urlOf(name) : undefined),
    send: (url, { headers, body }, done) => {
      let cancelled = false;
      const finish = (message?: Message) => {
        if (!cancelled) done(message && responseOf(message));
      };
      const request = { headers: headers.pairs(), body };
      const message = new Promise<Message | undefined>((resolve) => resolve(answers.get(url.href)?.(request)));
      message.catch(() => undefined).then(finish);
      return () => {
        cancelled = true;
      };
    },
    openGrpc: (_url, _request, events) => {
      let ended = false;
      queueMicrotask(() => {
        if (!ended) events.closed(UNIMPLEMENTED, "");
      });
      return {
        send: () => {},
        halfClose: () => {},
        reset: () => {
          ended = true;
        },
      };
    },
    close: () => {},
  };
}

const urlOf = (name: string): URL => new URL(`cluster:${encodeURIComponent(name)}`);

const responseOf = ({ headers, body = new Uint8Array(), trailers }: Message): CallResponse => ({
  headers: new HeaderMap("response", headers),
  body,
  trailers: trailers && new HeaderMap("response-trailers", trailers),
});
