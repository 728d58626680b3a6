import {
  Body,
  type ChainPlugin,
  CloseType,
  type Embedded,
  noConnection,
  StreamInfo,
  type TcpFilter,
  type TcpHandle,
} from "proxy-wasm-host";
import type { Agenda } from "./agenda.ts";
import type { Held } from "./report.ts";

/** What the client and the upstream send. */
const REQUEST = "PING hello\r\n";
const RESPONSE = "PONG hello\r\n";

/**
 * Passes a TCP connection through the filter: data from the client, data from the upstream, then the ends of both.
 *
 * @returns `connection` if the module holds the client's data, and nothing makes it go on
 */
export async function passConnection(filters: Embedded, agenda: Agenda): Promise<Held | undefined> {
  const connection = new TrialConnection(filters);
  const passed = () => connection.passed;
  connection.read(REQUEST, false);
  await agenda.goOn(passed);
  if (passed()) connection.write(RESPONSE, false);
  connection.read("", true);
  await agenda.goOn(passed);
  const held = !passed() && filters.plugins[0]?.state === "running";
  connection.write("", true);
  await agenda.settle();
  connection.end();
  await agenda.settle();
  return held ? "connection" : undefined;
}

/** A connection without sockets. What a filter holds back is there in its next callback, too. */
class TrialConnection implements TcpHandle {
  readonly info = new StreamInfo(noConnection());
  readonly #filter: TcpFilter;
  #fromClient = new Body();
  #fromUpstream = new Body();
  #clientEnded = false;
  /** The filter has closed the connection. */
  #closed = false;
  /** Whether the client's data has passed the filter, or the filter has closed the connection. */
  passed = false;

  constructor({ plugins }: Embedded) {
    this.#filter = (plugins[0] as ChainPlugin).newConnection(this);
    // A filter that stops here still gets the data that comes next.
    this.#filter.newConnection();
  }

  resume(): void {
    this.passed = true;
    this.#fromClient = new Body();
  }

  close(): void {
    this.#closed = true;
    this.passed = true;
  }

  /** The client sends. */
  read(text: string, end: boolean): void {
    this.#fromClient.append(bodyOf(text));
    this.#clientEnded ||= end;
    if (this.#closed) return;
    this.passed = false;
    if (this.#filter.downstreamData(this.#fromClient, this.#clientEnded)) this.resume();
  }

  /** The upstream sends. */
  write(text: string, end: boolean): void {
    if (this.#closed) return;
    this.#fromUpstream.append(bodyOf(text));
    if (this.#filter.upstreamData(this.#fromUpstream, end)) this.#fromUpstream = new Body();
  }

  end(): void {
    this.#filter.closed(this.#closed ? CloseType.local : CloseType.remote);
  }
}

const bodyOf = (text: string): Body => new Body(new TextEncoder().encode(text));
