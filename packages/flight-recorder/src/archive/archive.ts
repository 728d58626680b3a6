import type { Background, BackgroundRecord } from "../record/background-record.ts";
import type { LogData } from "../record/call-log.ts";
import type { Exchange, ExchangeRecord } from "../record/exchange-record.ts";
import type { Keeper } from "../record/keeper.ts";
import { Pace } from "../record/pace.ts";
import { Redaction } from "../record/redaction.ts";
import type { Batch, Standing } from "./batch.ts";
import { Ring, type RingLimits } from "./ring.ts";
import { Series } from "./series.ts";

export interface RecorderOptions {
  /** How many requests are kept, 1,000 by default; the oldest go first. */
  readonly requests?: number | undefined;
  /** How many bytes they may take in all, 32 MiB by default. */
  readonly bytes?: number | undefined;
  /**
   * How many requests of a second are recorded, 200 by default: what comes in a hurry nobody reads one by one, and keeping it is what
   * costs. The others are counted, and those that fail are recorded without their calls.
   */
  readonly perSecond?: number | undefined;
  /** Names of headers whose values are not kept, beside those of `authorization` and cookies. */
  readonly redact?: readonly string[] | undefined;
}

const DEFAULTS: RingLimits = { requests: 1000, bytes: 32 * 1024 * 1024 };

const BACKGROUND: RingLimits = { requests: 200, bytes: 2 * 1024 * 1024 };

/** What is kept of what was recorded: the newest requests, the newest callbacks outside any, and how the seconds went. */
export class Archive implements Keeper {
  readonly exchanges: Ring<Exchange>;
  readonly background: Ring<Background> = new Ring<Background>(BACKGROUND);
  readonly series = new Series();
  readonly redaction: Redaction;
  readonly pace: Pace;
  /** How many requests were counted only. */
  passedOver = 0;
  /** Told of each exchange that begins or ends. */
  onChange: ((record: Exchange) => void) | undefined;
  /** How plugins stand in each thread, if there are several. */
  readonly standings = new Map<number, readonly Standing[]>();
  #numbers = 0;

  constructor({ requests = DEFAULTS.requests, bytes = DEFAULTS.bytes, perSecond, redact }: RecorderOptions = {}) {
    this.exchanges = new Ring<Exchange>({ requests, bytes });
    this.redaction = new Redaction(redact);
    this.pace = new Pace(perSecond);
  }

  number(): number {
    return ++this.#numbers;
  }

  begun(record: ExchangeRecord): void {
    this.exchanges.add(record);
  }

  ended(record: ExchangeRecord, kept: boolean): void {
    this.series.tally.count(record.log.spent / 1000);
    if (!kept) this.passedOver++;
    else if (record.log.detailed) this.exchanges.grown(record);
    else this.exchanges.add(record);
    if (record.counted > 0) this.onChange?.(record);
  }

  aside(record: BackgroundRecord): void {
    this.background.add(record);
  }

  /**
   * Takes what a worker has recorded.
   *
   * @param plugins as they stand there
   */
  take(worker: number, { exchanges, background, tally, passedOver }: Batch, plugins: readonly Standing[]): void {
    this.standings.set(worker, plugins);
    this.passedOver += passedOver;
    this.series.tally.add(tally);
    const numbered = ({ bytes }: LogData) => ({ id: this.number(), counted: 0, bytes, worker });
    for (const one of background) this.background.add({ ...one, ...numbered(one.log) });
    for (const one of exchanges) {
      const record: Exchange = { ...one, ...numbered(one.log), replayOf: undefined };
      this.exchanges.add(record);
      if (record.counted > 0) this.onChange?.(record);
    }
  }

  /** A worker has ended. */
  left(worker: number): void {
    this.standings.delete(worker);
  }
}
