import {
  type BackgroundRecord,
  type Batch,
  type Keeper,
  type RequestRecord,
  Tally,
} from "@wasm-header-filter/flight-recorder";

/** How long records are collected before they are sent as one batch, in milliseconds. */
const PERIOD = 100;

/**
 * What a worker has recorded and the main thread has not taken yet. It never waits for the main thread: records beyond the allowance
 * are only counted.
 */
export class Outbox implements Keeper {
  readonly #allowance: number;
  readonly #post: (batch: Batch) => void;
  #requests: RequestRecord[] = [];
  #background: BackgroundRecord[] = [];
  #tally = new Tally();
  #passedOver = 0;
  /** Bytes of the next batch, and of that together with the batches that are not acknowledged. */
  #waiting = 0;
  #held = 0;
  /** How many batches are not acknowledged. */
  #unacknowledged = 0;
  #changed = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param allowance how many bytes may be held; a single record may be larger */
  constructor(allowance: number, post: (batch: Batch) => void) {
    this.#allowance = allowance;
    this.#post = post;
  }

  /** Always 0: the main thread numbers the records. */
  nextId(): number {
    return 0;
  }

  /** Does nothing: a request is sent once it has ended. */
  requestBegan(): void {}

  requestEnded(record: RequestRecord, kept: boolean): void {
    this.#tally.count(record.log.spent / 1000);
    if (kept && this.#holds(record.bytes)) this.#requests.push(record);
    else this.#passedOver++;
    this.schedule();
  }

  backgroundEnded(record: BackgroundRecord): void {
    if (this.#holds(record.bytes)) this.#background.push(record);
    this.schedule();
  }

  /** Sends the next batch. */
  send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#changed) return;
    const batch: Batch = {
      requests: this.#requests.map((record) => record.data()),
      background: this.#background.map((record) => record.data()),
      tally: this.#tally.data(),
      passedOver: this.#passedOver,
      bytes: this.#waiting,
    };
    this.#requests = [];
    this.#background = [];
    this.#tally = new Tally();
    this.#passedOver = this.#waiting = 0;
    this.#changed = false;
    this.#unacknowledged++;
    this.#post(batch);
  }

  /** The main thread has taken a batch. */
  acknowledge({ bytes }: Pick<Batch, "bytes">): void {
    this.#held -= bytes;
    this.#unacknowledged--;
    if (this.#changed) this.schedule();
  }

  #holds(bytes: number): boolean {
    if (this.#held > 0 && this.#held + bytes > this.#allowance) return false;
    this.#held += bytes;
    this.#waiting += bytes;
    return true;
  }

  /** Sends the next batch soon, or once the previous one is acknowledged: batches never pile up. */
  schedule(): void {
    this.#changed = true;
    if (this.#unacknowledged === 0) this.#timer ??= setTimeout(() => this.send(), PERIOD).unref();
  }
}
