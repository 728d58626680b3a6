import { setTimeout as delay } from "node:timers/promises";
import { oneLine } from "@wasm-header-filter/cli";
import { type Digest, digestOf, gunzip, isModule, MODULE_LIMIT, readTar, TarError } from "@wasm-header-filter/oci";
import { type Answer, httpGet } from "./http-get.ts";

/** A downloaded module, or why the download failed, and after how many attempts. */
export type Download =
  | { readonly module: Uint8Array; readonly digest: Digest; readonly failure?: undefined }
  | { readonly failure: string; readonly attempts: number };

/** Options of a download; what is left out is as in Istio's agent (istio pkg/wasm/options.go). */
export interface DownloadOptions {
  /** Ends the download earlier. */
  readonly signal?: AbortSignal | undefined;
  /** How long one attempt may take, in milliseconds. */
  readonly timeout?: number;
  readonly attempts?: number;
  /** The size limit of what is downloaded and of what is unpacked, in bytes. */
  readonly limit?: number;
  /** Waits for a number of milliseconds. */
  readonly wait?: (milliseconds: number) => Promise<unknown>;
}

/** Istio's timeout for one attempt, in milliseconds, and its number of attempts. */
const TIMEOUT = 15_000;
const ATTEMPTS = 5;

/** How long the first wait takes, in milliseconds, and how much longer each next one (istio pkg/backoff). */
const FIRST_WAIT = 500;
const LONGER = 1.5;

/** Statuses that trying again does not change (istio pkg/wasm/httpfetcher.go, retryable). */
const FINAL = new Set([501, 505, 511]);

/**
 * Downloads a module as Istio's agent does: it tries again after a failed connection and most statuses from 500 on, and the module is
 * decompressed, and extracted if it is the first file of a tar archive (istio pkg/wasm/httpfetcher.go, Fetch and unboxIfPossible).
 *
 * @param url an http or https URL
 * @returns the module and its digest, or why the download failed; it does not throw
 */
export async function download(url: string, options: DownloadOptions = {}): Promise<Download> {
  const { signal, timeout = TIMEOUT, attempts = ATTEMPTS, limit = MODULE_LIMIT, wait = delay } = options;
  for (let attempt = 1; ; attempt++) {
    const outcome = await tryOnce(url, limit, timeout, signal);
    if ("module" in outcome) return outcome;
    const last = attempt === attempts || !outcome.again || signal?.aborted;
    if (last) return { failure: outcome.failure, attempts: attempt };
    await wait(FIRST_WAIT * LONGER ** (attempt - 1));
    if (signal?.aborted) return { failure: outcome.failure, attempts: attempt };
  }
}

type Attempt = Download & { readonly module: Uint8Array };

async function tryOnce(
  url: string,
  limit: number,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<Attempt | { readonly failure: string; readonly again: boolean }> {
  let answer: Answer;
  try {
    const inTime = AbortSignal.timeout(timeout);
    answer = await httpGet(new URL(url), limit, signal ? AbortSignal.any([signal, inTime]) : inTime);
  } catch (error) {
    return { failure: oneLine(error), again: true };
  }
  const { status, body, fault } = answer;
  if (status !== 200) {
    const again = status >= 500 && !FINAL.has(status) && fault === undefined;
    return { failure: `the server responds with ${status}`, again };
  }
  if (fault !== undefined) return { failure: fault, again: false };
  const module = unbox(body, limit);
  return { module, digest: digestOf(module) };
}

/** The offset of the magic bytes of a tar archive. */
const USTAR = 257;

/** How many archives may be in each other. Istio has no limit. */
const NESTING_LIMIT = 100;

/**
 * Takes a module out of the gzip streams and tar archives that it is in.
 *
 * @param original what was downloaded
 * @returns what was downloaded, if there is no module in it, as Istio does
 */
function unbox(original: Uint8Array, limit: number): Uint8Array {
  let bytes: Uint8Array | undefined = original;
  for (let depth = 0; bytes && depth < NESTING_LIMIT; depth++) {
    if (isModule(bytes)) return bytes;
    bytes = unpacked(bytes, limit);
  }
  return original;
}

function unpacked(bytes: Uint8Array, limit: number): Uint8Array | undefined {
  if (bytes.length > 2 && bytes[0] === 0x1f && bytes[1] === 0x8b) {
    const { bytes: plain, error } = gunzip(bytes, limit);
    return error === undefined ? plain : undefined;
  }
  const magic = Buffer.from(bytes.subarray(USTAR, USTAR + 5)).toString("latin1");
  if (bytes.length <= USTAR + 5 || magic !== "ustar") return undefined;
  try {
    return readTar({ bytes }).next().value?.read();
  } catch (error) {
    if (error instanceof TarError) return undefined;
    throw error;
  }
}
