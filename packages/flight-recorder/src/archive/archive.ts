import type { BackgroundRecord, KeptBackground } from "../record/background-record.ts";
import type { LogData } from "../record/call-log.ts";
import type { Keeper } from "../record/keeper.ts";
import { Pace } from "../record/pace.ts";
import { Redaction } from "../record/redaction.ts";
import type { KeptRequest, RequestRecord } from "../record/request-record.ts";
import type { Batch, PluginStatus } from "./batch.ts";
import { Ring, type RingLimits } from "./ring.ts";
import { Series } from "./series.ts";

/** What an archive keeps. */
export interface ArchiveOptions {
  /** The maximum number of requests, 1,000 by default. The oldest are removed first. */
  readonly requests?: number | undefined;
  /** The maximum size of all requests in bytes, 32 MiB by default. */
  readonly bytes?: number | undefined;
  /**
   * The maximum number of requests that are recorded per second, 200 by default, which limits the cost of recording. Requests above it
   * are counted; if they fail, they are recorded without their calls.
   */
  readonly perSecond?: number | undefined;
  /**
   * What is masked in addition to the headers `authorization`, `proxy-authorization`, `cookie` and `set-cookie`: names of headers,
   * `query:NAME` for a parameter of query strings, `config:PATH` for a value in plugins' configurations.
   */
  readonly redact?: readonly string[] | undefined;
}

const DEFAULTS: RingLimits = { requests: 1000, bytes: 32 * 1024 * 1024 };

const BACKGROUND: RingLimits = { requests: 200, bytes: 2 * 1024 * 1024 };

/** Keeps what was recorded: the newest requests, the newest callbacks outside of requests, and one sample per second. */
export class Archive implements Keeper {
  readonly requests: Ring<KeptRequest>;
  readonly background: Ring<KeptBackground> = new Ring<KeptBackground>(BACKGROUND);
  readonly series = new Series();
  readonly redaction: Redaction;
  readonly pace: Pace;
  /** The number of requests that were counted but not recorded. */
  passedOver = 0;
  /** Called when a request that is kept begins or ends. */
  onChange: ((record: KeptRequest) => void) | undefined;
  /** Called when {@link notice} changes. */
  onNotice: (() => void) | undefined;
  /** The status of the plugins in each worker; empty without workers. */
  readonly pluginsByWorker = new Map<number, readonly PluginStatus[]>();
  #lastId = 0;
  #notice: string | undefined;

  constructor({ requests = DEFAULTS.requests, bytes = DEFAULTS.bytes, perSecond, redact }: ArchiveOptions = {}) {
    this.requests = new Ring<KeptRequest>({ requests, bytes });
    this.redaction = new Redaction(redact);
    this.pace = new Pace(perSecond);
  }

  /** What is wrong with what is served at present; undefined if nothing is. */
  get notice(): string | undefined {
    return this.#notice;
  }

  set notice(text: string | undefined) {
    this.#notice = text === undefined ? undefined : this.redaction.clean(text);
    this.onNotice?.();
  }

  nextId(): number {
    return ++this.#lastId;
  }

  requestBegan(record: RequestRecord): void {
    this.requests.add(record);
  }

  requestEnded(record: RequestRecord, kept: boolean): void {
    this.series.tally.count(record.log.spent / 1000);
    if (!kept) this.passedOver++;
    else if (record.log.detailed) this.requests.grown(record);
    else this.requests.add(record);
    if (record.counted > 0) this.onChange?.(record);
  }

  backgroundEnded(record: BackgroundRecord): void {
    this.background.add(record);
  }

  /**
   * Adds what a worker has recorded.
   *
   * @param worker the worker's number
   * @param batch what it has recorded since its last batch
   * @param plugins the status of its plugins
   */
  take(worker: number, { requests, background, tally, passedOver }: Batch, plugins: readonly PluginStatus[]): void {
    this.pluginsByWorker.set(worker, plugins);
    this.passedOver += passedOver;
    this.series.tally.add(tally);
    const numbered = ({ bytes }: LogData) => ({ id: this.nextId(), counted: 0, bytes, worker });
    for (const one of background) this.background.add({ ...one, ...numbered(one.log) });
    for (const one of requests) {
      const record: KeptRequest = { ...one, ...numbered(one.log), replayOf: undefined };
      this.requests.add(record);
      if (record.counted > 0) this.onChange?.(record);
    }
  }

  /**
   * Removes the plugins of a worker that has ended. Its requests are kept.
   *
   * @param worker the worker's number
   */
  removeWorker(worker: number): void {
    this.pluginsByWorker.delete(worker);
  }
}
