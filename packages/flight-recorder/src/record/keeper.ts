import type { BackgroundRecord } from "./background-record.ts";
import type { RequestRecord } from "./request-record.ts";

/** Receives what a recorder records. */
export interface Keeper {
  /** @returns an id for a new record, higher than every earlier one */
  nextId(): number;
  /**
   * Called when a request begins whose calls are recorded.
   *
   * @param record is filled until the request ends
   */
  requestBegan(record: RequestRecord): void;
  /**
   * Called when a request has ended.
   *
   * @param kept false if the request is to be counted only
   */
  requestEnded(record: RequestRecord, kept: boolean): void;
  /** Called when a callback outside of requests has ended. */
  backgroundEnded(record: BackgroundRecord): void;
}

/** Keeps nothing: for a recorder that only learns which texts are secrets. */
export class Forgetting implements Keeper {
  #lastId = 0;

  nextId(): number {
    return ++this.#lastId;
  }

  requestBegan(): void {}
  requestEnded(): void {}
  backgroundEnded(): void {}
}
