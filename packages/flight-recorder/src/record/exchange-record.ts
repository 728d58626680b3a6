import type { EndedStream, HeaderMap, Pair, StreamRecord } from "proxy-wasm-host";
import type { CallLog, LogData } from "./call-log.ts";

/** Headers on both sides of the filters, secrets hidden. */
interface Sides {
  before?: readonly Pair[];
  after?: readonly Pair[];
}

/** What is known of a request and its response: plain data, which threads can hand over. */
export interface ExchangeData {
  readonly method: string;
  readonly status: number | undefined;
  readonly request: Readonly<Sides>;
  readonly response: Readonly<Sides>;
  readonly requestSize: number;
  readonly responseSize: number;
  readonly details: string | undefined;
  /** Milliseconds from beginning to end, once that has come. */
  readonly took: number | undefined;
  readonly log: LogData;
}

/** What is kept of a request. */
export interface Exchange extends ExchangeData {
  readonly id: number;
  /** How many bytes it takes, about. */
  readonly bytes: number;
  counted: number;
  /** The thread that it ran in, if there are several. */
  readonly worker?: number;
  /** The request that it repeats. */
  replayOf: number | undefined;
}

/** What is recorded of one request and its response while they go on. */
export class ExchangeRecord implements Exchange, StreamRecord {
  readonly id: number;
  counted = 0;
  readonly log: CallLog;
  readonly request: Sides = {};
  readonly response: Sides = {};
  method: string;
  status: number | undefined;
  requestSize = 0;
  responseSize = 0;
  details: string | undefined;
  took: number | undefined;
  replayOf: number | undefined;
  /** The headers of an exchange that is only counted. */
  #asked: HeaderMap | undefined;
  #sent: HeaderMap | undefined;
  readonly #ended: (record: ExchangeRecord) => void;

  /** @param ended is called once, when the exchange is over */
  constructor(id: number, method: string, log: CallLog, ended: (record: ExchangeRecord) => void) {
    this.id = id;
    this.method = method;
    this.log = log;
    this.#ended = ended;
  }

  get bytes(): number {
    return this.log.bytes;
  }

  /** What it holds, to be handed over. */
  data(): ExchangeData {
    const { method, status, request, response, requestSize, responseSize, details, took, log } = this;
    return { method, status, request, response, requestSize, responseSize, details, took, log: log.data() };
  }

  /** The client's request, before the filters. */
  asked(headers: HeaderMap): void {
    if (this.log.detailed) this.request.before = this.#copy(headers);
    else this.#asked = headers;
  }

  /** The request that goes to the upstream. */
  sentUpstream(headers: HeaderMap): void {
    if (this.log.detailed) this.request.after = this.#copy(headers, this.request.before);
  }

  /** The upstream's response, or one made here, before the filters. */
  answered(headers: HeaderMap): void {
    if (this.log.detailed) this.response.before = this.#copy(headers);
  }

  /** The response that goes to the client. */
  sentClient(headers: HeaderMap): void {
    this.status = Number(headers.get(":status"));
    if (this.log.detailed) this.response.after = this.#copy(headers, this.response.before);
    else this.#sent = headers;
  }

  /** Keeps the headers, as they are now, of an exchange that was only counted so far. */
  keepHeaders(): void {
    if (this.#asked) this.request.before = this.request.after = this.#copy(this.#asked);
    if (this.#sent) this.response.before = this.response.after = this.#copy(this.#sent);
  }

  ended(info: EndedStream): void {
    this.requestSize = info.requestSize;
    this.responseSize = info.responseSize;
    this.details = info.responseCodeDetails;
    this.took = info.duration;
    this.#ended(this);
    this.#asked = this.#sent = undefined;
  }

  #copy(headers: HeaderMap, before?: readonly Pair[]): readonly Pair[] {
    const now = headers.pairs();
    // What no filter has touched is kept once; a hidden value is another pair, so such headers are kept twice.
    if (before?.length === now.length && before.every((pair, index) => pair === now[index])) return before;
    const pairs = this.log.secrets.headers(now);
    for (const [name, value] of pairs) this.log.bytes += name.length + value.length + 64;
    return pairs;
  }
}
