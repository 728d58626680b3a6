import { CallLog, type LogData } from "./call-log.ts";
import type { Redaction } from "./redaction.ts";

/** What is kept of a callback outside any request. */
export interface Background {
  readonly id: number;
  readonly bytes: number;
  counted: number;
  /** The thread that it ran in, if there are several. */
  readonly worker?: number;
  readonly plugin: string;
  readonly log: LogData;
}

/** One callback outside any request, with all that happened in it. */
export class BackgroundRecord implements Background {
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
}
