import type { Response } from "undici";
import type { Descriptor } from "../image.ts";
import { hasBlob } from "./blobs.ts";
import type { Client } from "./client.ts";
import { RegistryError } from "./error.ts";

/** How often an upload that the registry has lost is begun again. */
const MOST_RESTARTS = 3;

/** A blob to send, and where. */
interface Upload {
  readonly client: Client;
  readonly blob: Descriptor;
  readonly bytes: Uint8Array;
  readonly what: string;
}

/** An upload that the registry has begun. */
interface Session {
  /** Where the next part goes. */
  readonly url: URL;
  /** How many bytes the registry has. */
  readonly offset: number;
  /** The size of a part, in bytes. */
  readonly part: number;
  /** Set while a part is sent: after a fault, it is unknown how much of it arrived. */
  uncertain: boolean;
  /** Whether it has gone on after a fault. */
  readonly resumed?: boolean;
}

/**
 * Uploads a blob that isn't there: in one piece, or in parts if it is larger than one. After a cut the registry is asked how much it has,
 * and the upload resumes there (OCI distribution specification, "Pushing blobs").
 *
 * @param mountFrom a repository of the same registry that it may be taken over from
 * @returns how it came there
 */
export async function upload(
  client: Client,
  blob: Descriptor,
  bytes: Uint8Array,
  mountFrom?: string,
): Promise<"done" | "mounted"> {
  const what = `upload of blob ${blob.digest}`;
  const task = { client, blob, bytes, what };
  const mounted = mountFrom === undefined ? undefined : await client.retry(() => mount(task, mountFrom));
  if (mounted === "mounted") return mounted;
  for (let round = 1; round <= MOST_RESTARTS; round++) {
    let state: Session | "done" | "lost" = (round === 1 && mounted) || (await client.retry(() => begin(task)));
    while (typeof state === "object") {
      const session: Session = state;
      // Each step has all attempts: an upload that moves forward may be cut often.
      state = await client.retry(() => step(task, session));
    }
    if (state === "done") return "done";
  }
  throw new RegistryError(`${client.where(what)}: begun ${MOST_RESTARTS} times, and the registry lost it each time`);
}

/** Lets the registry take the blob over. One that doesn't begins an upload instead; one that may not is no fault. */
async function mount(task: Upload, from: string): Promise<Session | "mounted" | undefined> {
  const { client, blob, what } = task;
  const at = `blobs/uploads/?${new URLSearchParams({ mount: blob.digest, from })}`;
  const ask = { method: "POST", at, what, from, expect: [201, 202, 400, 401, 403, 404, 405] } as const;
  const response = await client.once(ask);
  await response.body?.cancel();
  if (response.status === 201) return "mounted";
  return response.status === 202 ? begun(task, response) : undefined;
}

/** The registry may say at once that it has the blob (201). */
async function begin(task: Upload): Promise<Session | "done"> {
  const { client, what } = task;
  const response = await client.once({ method: "POST", at: "blobs/uploads/", what, expect: [201, 202] });
  await response.body?.cancel();
  return response.status === 201 ? "done" : begun(task, response);
}

function begun({ client, what }: Upload, response: Response): Session {
  const least = Number(response.headers.get("oci-chunk-min-length") ?? 0) || 0;
  const url = locationOf(client, response, what);
  return { url, offset: 0, part: Math.max(client.chunkSize, least), uncertain: false };
}

/** Moves on by one request; where a former one may have failed half-way, first asks how far it came. */
async function step(task: Upload, session: Session): Promise<Session | "done" | "lost"> {
  const { offset, part, uncertain } = session;
  if (uncertain) return locate(task, session);
  session.uncertain = true;
  const { size } = task.blob;
  return offset === size || (offset === 0 && size <= part) ? finish(task, session) : sendPart(task, session);
}

async function sendPart(task: Upload, session: Session): Promise<Session | "lost"> {
  const { client, bytes, what } = task;
  const { url, offset, part } = session;
  const body = bytes.subarray(offset, offset + part);
  const end = offset + body.length - 1;
  const headers = { "content-type": "application/octet-stream", "content-range": `${offset}-${end}` };
  const onSent = sending(task, offset);
  const ask = { method: "PATCH", at: url, what, headers, body, onSent, expect: [201, 202, 204, 404, 416] } as const;
  const response = await client.once(ask);
  await response.body?.cancel();
  if (response.status >= 300) return "lost";
  // What the registry says it has counts, where it says so.
  const next = endOf(response) ?? offset + body.length;
  if (next <= offset || next > offset + body.length) return "lost";
  return { ...session, url: locationOf(client, response, what), offset: next, uncertain: false };
}

async function finish(task: Upload, session: Session): Promise<"done" | "lost"> {
  const { client, blob, bytes, what } = task;
  const url = new URL(session.url);
  url.searchParams.set("digest", blob.digest);
  const headers = { "content-type": "application/octet-stream" };
  const body = bytes.subarray(session.offset);
  // A blob assembled across a broken connection may be wrong, so it is sent again from the start.
  const lost = session.resumed ? [400, 404, 416] : [404, 416];
  const onSent = sending(task, session.offset);
  const ask = { method: "PUT", at: url, what, headers, body, onSent, expect: [201, 204, ...lost] } as const;
  const response = await client.once(ask);
  await response.body?.cancel();
  return response.status < 300 ? "done" : "lost";
}

/** Tells of a blob's bytes as they go. */
function sending({ client, blob }: Upload, offset: number): (count: number) => void {
  const event = { kind: "blob", direction: "push", blob, state: "moving" } as const;
  return (count) => client.progress?.({ ...event, done: offset + count });
}

/** Asks how much of an upload has come. */
async function locate({ client, blob, what }: Upload, session: Session): Promise<Session | "done" | "lost"> {
  const ask = { method: "GET", at: session.url, what, push: true, expect: [200, 202, 204, 400, 404, 416] } as const;
  const response = await client.once(ask);
  await response.body?.cancel();
  const offset = response.status < 300 ? endOf(response) : undefined;
  // "0-0" may mean nothing or one byte; to begin again is cheap then.
  if (offset !== undefined && offset > 1 && offset <= blob.size) {
    return {
      ...session,
      url: locationOf(client, response, what, session.url),
      offset,
      uncertain: false,
      resumed: true,
    };
  }
  // The answer to the last request may be all that was lost.
  return (await hasBlob(client, blob.digest)) ? "done" : "lost";
}

/** The number of bytes in `Range: 0-LAST`. */
function endOf(response: Response): number | undefined {
  const last = /^(?:bytes=)?0-(\d+)$/.exec(response.headers.get("range") ?? "")?.[1];
  return last === undefined ? undefined : Number(last) + 1;
}

/** Where an upload continues: an absolute or a relative URL. */
function locationOf(client: Client, response: Response, what: string, otherwise?: URL): URL {
  const location = response.headers.get("location");
  if (location && URL.canParse(location, response.url)) return new URL(location, response.url);
  if (otherwise) return otherwise;
  throw new RegistryError(`${client.where(what)}: the registry named no location to send it to`);
}
