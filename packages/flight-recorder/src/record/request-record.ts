import type { EndedStream, HeaderMap, Pair, StreamRecord } from "proxy-wasm-host";
import type { CallLog, LogData } from "./call-log.ts";

/** The headers of a message before and after the filters, with secrets masked. */
interface MessageHeaders {
  before?: readonly Pair[];
  after?: readonly Pair[];
}

/** A request and its response, as plain data that a worker can send to the main thread. */
export interface RequestData {
  readonly method: string;
  readonly status: number | undefined;
  readonly request: Readonly<MessageHeaders>;
  readonly response: Readonly<MessageHeaders>;
  readonly requestSize: number;
  readonly responseSize: number;
  readonly details: string | undefined;
  /** Its duration in milliseconds; undefined until it ends. */
  readonly took: number | undefined;
  readonly log: LogData;
}

/** A request and its response, as an archive keeps them. */
export interface KeptRequest extends RequestData {
  readonly id: number;
  /** Its approximate size. */
  readonly bytes: number;
  /** The size that its ring has counted. */
  counted: number;
  /** The number of the worker that served it; absent without workers. */
  readonly worker?: number;
  /** The id of the request that was replayed. */
  replayOf: number | undefined;
}

/** Records a request and its response from beginning to end. */
export class RequestRecord implements KeptRequest, StreamRecord {
  readonly id: number;
  counted = 0;
  readonly log: CallLog;
  readonly request: MessageHeaders = {};
  readonly response: MessageHeaders = {};
  method: string;
  status: number | undefined;
  requestSize = 0;
  responseSize = 0;
  details: string | undefined;
  took: number | undefined;
  replayOf: number | undefined;
  /** The headers of a request that is counted only. */
  #asked: HeaderMap | undefined;
  #sent: HeaderMap | undefined;
  readonly #ended: (record: RequestRecord) => void;

  /** @param ended is called once, when the request has ended */
  constructor(id: number, method: string, log: CallLog, ended: (record: RequestRecord) => void) {
    this.id = id;
    this.method = method;
    this.log = log;
    this.#ended = ended;
  }

  get bytes(): number {
    return this.log.bytes;
  }

  /** @returns the record as plain data */
  data(): RequestData {
    const { method, status, request, response, requestSize, responseSize, details, took, log } = this;
    return { method, status, request, response, requestSize, responseSize, details, took, log: log.data() };
  }

  /** Records the client's request, before the filters. */
  asked(headers: HeaderMap): void {
    if (this.log.detailed) this.request.before = this.#copy(headers);
    else this.#asked = this.#learned(headers);
  }

  /** Records the request that is sent to the upstream. */
  sentUpstream(headers: HeaderMap): void {
    if (this.log.detailed) this.request.after = this.#copy(headers, this.request.before);
    else this.#learned(headers);
  }

  /** Records the response of the upstream, or the local reply, before the filters. */
  answered(headers: HeaderMap): void {
    if (this.log.detailed) this.response.before = this.#copy(headers);
    else this.#learned(headers);
  }

  /** Records the response that is sent to the client. */
  sentClient(headers: HeaderMap): void {
    this.status = Number(headers.get(":status"));
    if (this.log.detailed) this.response.after = this.#copy(headers, this.response.before);
    else this.#sent = this.#learned(headers);
  }

  /** Keeps the current headers of a request whose calls are not recorded. */
  keepHeaders(): void {
    if (this.#asked) this.request.before = this.request.after = this.#copy(this.#asked);
    if (this.#sent) this.response.before = this.response.after = this.#copy(this.#sent);
  }

  /** Records the end of the request. */
  ended(info: EndedStream): void {
    this.requestSize = info.requestSize;
    this.responseSize = info.responseSize;
    const { responseCodeDetails } = info;
    this.details = responseCodeDetails && this.log.secrets.clean(responseCodeDetails);
    this.took = info.duration;
    this.#ended(this);
    this.#asked = this.#sent = undefined;
  }

  /** Learns the secrets of headers that are not kept. */
  #learned(headers: HeaderMap): HeaderMap {
    this.log.secrets.learn(headers.pairs());
    return headers;
  }

  #copy(headers: HeaderMap, before?: readonly Pair[]): readonly Pair[] {
    const now = headers.pairs();
    // Headers that no filter has changed are kept once. Masking makes new pairs, so headers with secrets are kept twice.
    if (before?.length === now.length && before.every((pair, index) => pair === now[index])) return before;
    const pairs = this.log.secrets.headers(now);
    for (const [name, value] of pairs) this.log.bytes += name.length + value.length + 64;
    return pairs;
  }
}
