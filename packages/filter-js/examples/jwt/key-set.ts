import { type AsyncHost, decodeUtf8, LogLevel } from "@wasm-header-filter/filter-js/guest";
import type { Configuration } from "./configuration.ts";
import { type Key, readKeys } from "./keys.ts";
import type { Algorithm } from "./token.ts";

type Source = Pick<Configuration, "cluster" | "path" | "authority" | "timeout" | "maxAge" | "cooldown">;

/** The keys of a plugin. They are fetched when a token needs them, once for all streams that wait. */
export class KeySet {
  readonly #host: AsyncHost;
  readonly #source: Source;
  #keys: readonly Key[] = [];
  /** Until when they are used, in ms. */
  #until = 0;
  /** From when on a key that is not among them may be asked for. */
  #next = 0;
  #hasFailed = false;
  #fetching: Promise<readonly Key[] | undefined> | undefined;

  constructor(host: AsyncHost, source: Source) {
    this.#host = host;
    this.#source = source;
  }

  /**
   * Finds the keys that may have signed a token.
   *
   * @param kid undefined if the token doesn't say which key
   * @param now in ms
   * @returns undefined if there are none, or they are too old: then they are to be {@link fetched}
   */
  known(algorithm: Algorithm, kid: string | undefined, now: number): readonly Key[] | undefined {
    const keys = now < this.#until ? fitting(this.#keys, algorithm, kid) : [];
    return keys.length > 0 ? keys : undefined;
  }

  /**
   * Fetches the keys, or waits if they are being fetched, unless that was tried a short time ago.
   *
   * @returns those that may have signed the token; undefined if they could not be fetched
   */
  async fetched(algorithm: Algorithm, kid: string | undefined, now: number): Promise<readonly Key[] | undefined> {
    if (!this.#fetching && now < this.#next) return this.#hasFailed ? undefined : [];
    // For the plugin, so that the client of this stream may go.
    this.#fetching ??= this.#host.onPlugin(() => this.#refresh(now));
    const keys = await this.#fetching;
    return keys && fitting(keys, algorithm, kid);
  }

  async #refresh(now: number): Promise<readonly Key[] | undefined> {
    const { maxAge, cooldown } = this.#source;
    const keys = await this.#fetch().finally(() => {
      this.#fetching = undefined;
    });
    this.#hasFailed = keys === undefined;
    if (keys) {
      this.#keys = keys;
      this.#until = now + 1000 * maxAge;
    }
    this.#next = now + 1000 * (keys ? Math.min(maxAge, cooldown) : cooldown);
    return keys;
  }

  /** @returns undefined if it has failed, which is logged */
  async #fetch(): Promise<readonly Key[] | undefined> {
    const { cluster, path, authority, timeout } = this.#source;
    const answer = await this.#host.httpCall(cluster, { method: "GET", path, authority, timeout });
    let reason = answer.failure ?? `status ${answer.status}`;
    try {
      if (answer.status === 200) return await readKeys(decodeUtf8(answer.body) ?? "");
    } catch {
      reason = "the answer is no JSON Web Key Set";
    }
    this.#host.log(LogLevel.Warn, `jwt: no keys from ${cluster}: ${reason}`);
    return undefined;
  }
}

function fitting(keys: readonly Key[], algorithm: Algorithm, kid: string | undefined): readonly Key[] {
  return keys.filter((key) => key.algorithm === algorithm && (kid === undefined || key.kid === kid));
}
