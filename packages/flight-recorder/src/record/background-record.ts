import { CallLog, type LogData } from "./call-log.ts";
import type { Redaction } from "./redaction.ts";

/** A callback outside of requests, as plain data that a worker can send to the main thread. */
export interface BackgroundData {
  readonly plugin: string;
  readonly log: LogData;
}

/** A callback outside of requests, as an archive keeps it. */
export interface KeptBackground extends BackgroundData {
  readonly id: number;
  /** Its approximate size. */
  readonly bytes: number;
  /** The size that its ring has counted. */
  counted: number;
  /** The number of its worker; absent for the main thread. */
  readonly worker?: number;
}

/** Records a callback outside of requests, with everything that happens in it. */
export class BackgroundRecord implements KeptBackground {
  readonly id: number;
  counted = 0;
  readonly plugin: string;
  readonly log: CallLog;

  constructor(id: number, plugin: string, redaction: Redaction) {
    this.id = id;
    this.plugin = plugin;
    this.log = new CallLog(redaction);
  }

  get bytes(): number {
    return this.log.bytes;
  }

  /** @returns the record as plain data */
  data(): BackgroundData {
    return { plugin: this.plugin, log: this.log.data() };
  }
}
