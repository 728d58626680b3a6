import type { BackgroundRecord } from "./background-record.ts";
import type { ExchangeRecord } from "./exchange-record.ts";

/** To whom a recorder gives what it has written down. */
export interface Keeper {
  /** A number for something that is recorded; each is higher than the last. */
  number(): number;
  /** A request begins that is recorded with its calls. */
  begun(record: ExchangeRecord): void;
  /**
   * A request is over.
   *
   * @param kept false: it was counted only
   */
  ended(record: ExchangeRecord, kept: boolean): void;
  /** A callback outside any request is over. */
  aside(record: BackgroundRecord): void;
}
