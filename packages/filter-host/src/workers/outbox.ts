import {
  type BackgroundRecord,
  type Batch,
  type Keeper,
  type RequestRecord,
  Tally,
} from "@wasm-header-filter/flight-recorder";

/** How long what is recorded waits for more to go with it, in milliseconds. */
const PERIOD = 100;

/**
 * What a thread has recorded and the main one has not taken yet. It never waits for the main thread: what there is no room for is
 * counted only.
 */
export class Outbox implements Keeper {
  readonly #allowance: number;
  readonly #post: (batch: Batch) => void;
  #exchanges: RequestRecord[] = [];
  #background: BackgroundRecord[] = [];
  #tally = new Tally();
  #passedOver = 0;
  /** Bytes of what waits, and of that with what is on its way. */
  #waiting = 0;
  #held = 0;
  /** How many batches are on their way. */
  #posted = 0;
  #stirred = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param allowance how many bytes may wait or be on their way, unless it is one record */
  constructor(allowance: number, post: (batch: Batch) => void) {
    this.#allowance = allowance;
    this.#post = post;
  }

  /** None: the main thread numbers what arrives. */
  nextId(): number {
    return 0;
  }

  /** Nothing: a request is handed over once it has ended. */
  requestBegan(): void {}

  requestEnded(record: RequestRecord, kept: boolean): void {
    this.#tally.count(record.log.spent / 1000);
    if (kept && this.#holds(record.bytes)) this.#exchanges.push(record);
    else this.#passedOver++;
    this.stir();
  }

  backgroundEnded(record: BackgroundRecord): void {
    if (this.#holds(record.bytes)) this.#background.push(record);
    this.stir();
  }

  /** Sends what waits. */
  send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#stirred) return;
    const batch: Batch = {
      requests: this.#exchanges.map((record) => record.data()),
      background: this.#background.map((record) => record.data()),
      tally: this.#tally.data(),
      passedOver: this.#passedOver,
      bytes: this.#waiting,
    };
    this.#exchanges = [];
    this.#background = [];
    this.#tally = new Tally();
    this.#passedOver = this.#waiting = 0;
    this.#stirred = false;
    this.#posted++;
    this.#post(batch);
  }

  /** The main thread has taken a batch. */
  taken({ bytes }: Pick<Batch, "bytes">): void {
    this.#held -= bytes;
    this.#posted--;
    if (this.#stirred) this.stir();
  }

  #holds(bytes: number): boolean {
    if (this.#held > 0 && this.#held + bytes > this.#allowance) return false;
    this.#held += bytes;
    this.#waiting += bytes;
    return true;
  }

  /** Has what there is sent soon if nothing is on its way, else once that has been taken: batches never pile up. */
  stir(): void {
    this.#stirred = true;
    if (this.#posted === 0) this.#timer ??= setTimeout(() => this.send(), PERIOD).unref();
  }
}
