import { Body } from "../http/body.ts";
import { HeaderMap } from "../http/headers.ts";
import type { HeaderMapKind } from "../http/inline-headers.ts";
import type { Receiver, Stage } from "./filter.ts";

/** One stage, and what it holds back. */
class Slot {
  readonly stage: Stage;
  /** `all`: stopped at the headers, the filter has not seen what came later; `one`: the filter sees everything, but nothing goes on. */
  stopped: "no" | "one" | "all" = "no";
  headers: HeaderMap | undefined;
  headersEnd = false;
  body: Body | undefined;
  trailers: HeaderMap | undefined;
  /** Whether too large a body is an error; otherwise its sender is asked to wait. */
  strict = false;
  /** Whether the filter sees the whole held body, because it asked for buffering, and not only the newest piece. */
  buffering = false;
  ended = false;

  constructor(stage: Stage) {
    this.stage = stage;
  }
}

/** What a direction reports. */
interface DirectionEvents {
  /** A sender that was asked to wait can go on. */
  readonly ready: () => void;
  /** A buffering filter holds more than the limit. */
  readonly overflow: () => void;
  /** A part of the message moves on. */
  readonly active?: () => void;
}

/**
 * Passes the request or the response of an exchange through its filters, each of which can hold it back, as Envoy's filter manager does
 * (envoyproxy/envoy, source/common/http/filter_manager.cc).
 */
export class Direction {
  readonly #slots: Slot[];
  readonly #receiver: Receiver;
  readonly #limit: number;
  readonly #trailersKind: HeaderMapKind;
  readonly #events: DirectionEvents;
  #aborted = false;
  /** The receiver has asked to wait. */
  #blocked = false;
  /** The sender was asked to wait. */
  #waiting = false;

  /**
   * @param stages in the order in which they are passed
   * @param receiver gets what comes out
   * @param limit how many bytes of a body can be held
   * @param trailersKind the kind of trailers that a stage adds
   */
  constructor(
    stages: readonly Stage[],
    receiver: Receiver,
    limit: number,
    trailersKind: HeaderMapKind,
    events: DirectionEvents,
  ) {
    this.#slots = stages.map((stage) => new Slot(stage));
    this.#receiver = receiver;
    this.#limit = limit;
    this.#trailersKind = trailersKind;
    this.#events = events;
  }

  /** Stops: nothing passes after this. */
  abort(): void {
    this.#aborted = true;
  }

  /** @param end whether the message ends with its headers */
  headers(headers: HeaderMap, end: boolean): void {
    if (!this.#aborted) this.#headersFrom(0, headers, end);
  }

  /** @returns false if the sender should wait for `ready` */
  data(bytes: Uint8Array, end: boolean): boolean {
    return this.#aborted || this.#dataFrom(0, new Body(bytes), end);
  }

  trailers(trailers: HeaderMap): void {
    if (!this.#aborted) this.#trailersFrom(0, trailers);
  }

  /**
   * Adds trailers to a message that has none, for the next stages and the receiver (Envoy's addDecodedTrailers and
   * addEncodedTrailers). Only while this stage handles the end of the body.
   */
  addTrailers(index: number): HeaderMap {
    const slot = this.#slots[index] as Slot;
    slot.trailers ??= new HeaderMap(this.#trailersKind);
    return slot.trailers;
  }

  /** Continues after a stage that has stopped. */
  resume(index: number): void {
    const slot = this.#slots[index];
    if (!slot || slot.stopped === "no" || this.#aborted) return;
    const again = slot.stopped === "all" ? index : index + 1;
    const { headers, body, trailers } = slot;
    slot.stopped = "no";
    slot.buffering = false;
    slot.headers = slot.body = slot.trailers = undefined;
    if (headers) this.#headersFrom(index + 1, headers, slot.headersEnd);
    if (body && !this.#aborted) this.#dataFrom(again, body, slot.ended && !trailers);
    if (trailers && !this.#aborted) this.#trailersFrom(again, trailers);
    this.#wake();
  }

  /** The receiver can take more. */
  unblock(): void {
    this.#blocked = false;
    this.#wake();
  }

  #wake(): void {
    if (!this.#waiting || this.#full) return;
    this.#waiting = false;
    this.#events.ready();
  }

  get #full(): boolean {
    return this.#blocked || this.#slots.some(({ body }) => body && body.length > this.#limit);
  }

  #headersFrom(first: number, headers: HeaderMap, end: boolean): void {
    this.#events.active?.();
    for (const [index, slot] of this.#slots.entries()) {
      if (index < first) continue;
      const verdict = slot.stage.headers(headers, end);
      if (this.#aborted) return;
      if (verdict === "continue") continue;
      slot.stopped = "all";
      slot.strict = verdict === "stop-and-buffer";
      slot.headers = headers;
      slot.headersEnd = end;
      return;
    }
    this.#receiver.headers(headers, end);
  }

  #dataFrom(first: number, body: Body, end: boolean): boolean {
    this.#events.active?.();
    const piece = body;
    for (const [index, slot] of this.#slots.entries()) {
      if (index < first) continue;
      slot.ended ||= end;
      if (slot.stopped === "all") return this.#hold(slot, piece);
      const held = slot.buffering ? this.#append(slot, piece) : undefined;
      const verdict = slot.stage.data(held ?? piece, end);
      if (this.#aborted) return true;
      slot.buffering = verdict === "stop-and-buffer";
      if (verdict === "continue") {
        if (slot.stopped === "no" && !slot.trailers) continue;
        if (slot.stopped === "no") slot.stopped = "one";
        if (!held) this.#append(slot, piece);
        this.resume(index);
        return this.#accept();
      }
      slot.stopped = "one";
      if (verdict === "stop-no-buffer") {
        if (end) slot.body ??= new Body();
        return true;
      }
      slot.strict = slot.buffering;
      return held ? this.#checked(slot) : this.#hold(slot, piece);
    }
    if (!this.#receiver.data(piece.bytes(), end)) this.#blocked = true;
    return this.#accept();
  }

  #trailersFrom(first: number, trailers: HeaderMap): void {
    this.#events.active?.();
    for (const [index, slot] of this.#slots.entries()) {
      if (index < first) continue;
      slot.ended = true;
      if (slot.stopped === "all") {
        slot.trailers = trailers;
        return;
      }
      slot.trailers = trailers;
      const verdict = slot.stage.trailers(trailers);
      // The filter may have continued the stream in its callback.
      if (this.#aborted || slot.trailers !== trailers) return;
      if (verdict === "continue" && slot.stopped === "no") {
        slot.trailers = undefined;
        continue;
      }
      if (verdict === "continue") this.resume(index);
      else slot.stopped = "one";
      return;
    }
    this.#receiver.trailers(trailers);
  }

  #append(slot: Slot, piece: Body): Body {
    slot.body?.append(piece);
    slot.body ??= piece;
    return slot.body;
  }

  #hold(slot: Slot, piece: Body): boolean {
    this.#append(slot, piece);
    return this.#checked(slot);
  }

  #checked({ body, strict }: Slot): boolean {
    if (body && body.length > this.#limit && strict) this.#events.overflow();
    return this.#accept();
  }

  #accept(): boolean {
    this.#waiting = this.#full && !this.#aborted;
    return !this.#waiting;
  }
}
