import { type Clusters, localReply, replyHeaders } from "proxy-wasm-host";
import type { Agenda } from "./agenda.ts";

/** The longest wait for an answer, in milliseconds. */
const LONGEST = 5_000;

/** gRPC's "unavailable". */
const UNAVAILABLE = 14;

const UNKNOWN = "unknown:";
const NO_HOST = localReply(503, "no_healthy_upstream", "no healthy upstream");

/**
 * Services in a trial. One that the trial does not know may exist where the module will run, so calls to it are answered as Envoy
 * answers for a cluster without a healthy host.
 *
 * @param known those that the user has named
 * @param used is called with each name, and whether the trial knows it
 */
export function trialClusters(known: Clusters, agenda: Agenda, used: (name: string, known: boolean) => void): Clusters {
  return {
    find: (name) => {
      const url = known.find(name);
      used(name, url !== undefined);
      // No cluster has an empty name.
      return url ?? (name === "" ? undefined : new URL(`${UNKNOWN}${encodeURIComponent(name)}`));
    },
    send: (url, request, done) => {
      if (url.protocol === UNKNOWN) {
        return later(agenda, () => done({ headers: replyHeaders(NO_HOST), body: NO_HOST.body, trailers: undefined }));
      }
      const timeout = Math.min(request.timeout || LONGEST, LONGEST);
      const answered = agenda.expect(LONGEST);
      const cancel = known.send(url, { ...request, timeout }, (response) => {
        answered();
        done(response);
      });
      return () => {
        answered();
        cancel();
      };
    },
    openGrpc: (url, request, events) => {
      if (url.protocol === UNKNOWN) {
        const reset = later(agenda, () => events.closed(UNAVAILABLE, "no healthy upstream"));
        return { send: () => {}, halfClose: () => {}, reset };
      }
      const answered = agenda.expect(LONGEST);
      return known.openGrpc(url, request, {
        initialMetadata: (metadata) => events.initialMetadata(metadata),
        message: (bytes) => events.message(bytes),
        trailingMetadata: (metadata) => events.trailingMetadata(metadata),
        closed: (status, message) => {
          answered();
          events.closed(status, message);
        },
      });
    },
    close: () => known.close(),
  };
}

/** Runs an action as a part of the agenda. @returns cancels it */
function later(agenda: Agenda, action: () => void): () => void {
  let cancelled = false;
  agenda.add(() => {
    if (!cancelled) action();
  });
  return () => {
    cancelled = true;
  };
}
