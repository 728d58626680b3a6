import {
  encodeHeaders,
  Flag,
  FrameType,
  frame,
  PREFACE,
  settings,
  words,
} from "@wasm-header-filter/filter-host/testing";

/** Text, or a text and how many times it is repeated. */
type Text = string | readonly [text: string, times: number];

/** A header, or headers whose names have numbers behind them. */
type Field =
  | readonly [name: string, value: Text]
  | { readonly numbered: string; readonly value: string; readonly count: number };

/** A frame of HTTP/2 as it is written in an exchange. Text stands for bytes: each character is a byte. */
export type GivenFrame =
  /** HEADERS of `GET http://a.example/`, whose pseudo-headers may be replaced, or left out (null), with more fields behind them. */
  | ({ readonly request: number; readonly fields?: readonly Field[]; readonly open?: boolean } & Partial<
      Readonly<Record<"method" | "scheme" | "authority" | "path", string | null>>
    >)
  /** HEADERS of a response with status 200, which may be replaced, or left out (null). */
  | {
      readonly response: number;
      readonly status?: string | null;
      readonly fields?: readonly Field[];
      readonly open?: boolean;
    }
  /** HEADERS, or CONTINUATION, with exactly these fields. */
  | { readonly headers: number; readonly fields: readonly Field[]; readonly open?: boolean; readonly more?: boolean }
  | { readonly continuation: number; readonly fields: readonly Field[]; readonly more?: boolean }
  /** DATA, the last frame of the body unless it is `open`. */
  | { readonly data: number; readonly text?: Text; readonly open?: boolean }
  | { readonly reset: number; readonly code?: number }
  | { readonly window: number; readonly size: number }
  /** SETTINGS with entries. */
  | { readonly settings: readonly (readonly [setting: number, value: number])[] }
  | { readonly ping: string }
  /** GOAWAY with the last stream. */
  | { readonly goaway: number; readonly code?: number }
  | {
      readonly type: number;
      readonly flags?: number;
      readonly stream?: number;
      readonly text?: string;
      readonly hex?: string;
    }
  /** PUSH_PROMISE of `GET http://a.example/`. */
  | { readonly push: number; readonly promised: number }
  /** The frames several times, each time on streams with numbers that are higher by `step`. */
  | { readonly times: number; readonly step?: number; readonly frames: readonly GivenFrame[] };

/** What a client sends first: the preface, and SETTINGS without entries. */
export const CLIENT_START = Buffer.concat([PREFACE, frame(FrameType.settings, 0, 0)]);

const textOf = (text: Text): string => (typeof text === "string" ? text : text[0].repeat(text[1]));
const latin1 = (text: Text): Buffer => Buffer.from(textOf(text), "latin1");

/**
 * The bytes of frames.
 *
 * @param more is added to the numbers of all streams
 */
export const framesOf = (given: readonly GivenFrame[], more = 0): Buffer =>
  Buffer.concat(given.map((one) => frameOf(one, more)));

function frameOf(given: GivenFrame, more: number): Buffer {
  if ("request" in given) {
    const { request, fields = [], open, method = "GET", scheme = "http", authority = "a.example", path = "/" } = given;
    const pseudo = { ":method": method, ":scheme": scheme, ":authority": authority, ":path": path };
    const present = Object.entries(pseudo).filter((field): field is [string, string] => field[1] !== null);
    return headers(FrameType.headers, request + more, [...present, ...fields], !open, true);
  }
  if ("response" in given) {
    const { response, status = "200", fields = [], open } = given;
    const pseudo: Field[] = status === null ? [] : [[":status", status]];
    return headers(FrameType.headers, response + more, [...pseudo, ...fields], !open, true);
  }
  if ("headers" in given) return headers(FrameType.headers, given.headers, given.fields, !given.open, !given.more);
  if ("continuation" in given)
    return headers(FrameType.continuation, given.continuation, given.fields, false, !given.more);
  if ("data" in given)
    return frame(FrameType.data, given.open ? 0 : Flag.endStream, given.data, latin1(given.text ?? ""));
  if ("reset" in given) return frame(FrameType.reset, 0, given.reset + more, words(given.code ?? 8));
  if ("window" in given) return frame(FrameType.windowUpdate, 0, given.window, words(given.size));
  if ("ping" in given) return frame(FrameType.ping, 0, 0, latin1(given.ping));
  if ("goaway" in given) return frame(FrameType.goaway, 0, 0, words(given.goaway, given.code ?? 0));
  if ("settings" in given) return frame(FrameType.settings, 0, 0, settings(given.settings));
  if ("times" in given) {
    const { times, step = 0, frames } = given;
    return Buffer.concat(Array.from({ length: times }, (_, at) => framesOf(frames, more + at * step)));
  }
  if ("push" in given) {
    const promised = encodeHeaders([
      [":method", "GET"],
      [":scheme", "http"],
      [":authority", "a.example"],
      [":path", "/"],
    ]);
    return frame(FrameType.push, Flag.endHeaders, given.push, Buffer.concat([words(given.promised), promised]));
  }
  const { type, flags = 0, stream = 0, text = "", hex } = given;
  return frame(type, flags, stream, hex === undefined ? latin1(text) : Buffer.from(hex.replace(/\s/g, ""), "hex"));
}

/** HEADERS that do not end the stream. */
export const encodedHead = (stream: number, fields: readonly Field[]): Buffer =>
  headers(FrameType.headers, stream, fields, false, true);

function headers(type: number, stream: number, fields: readonly Field[], end: boolean, last: boolean): Buffer {
  return frame(
    type,
    (end ? Flag.endStream : 0) | (last ? Flag.endHeaders : 0),
    stream,
    encodeHeaders(fields.flatMap(pairsOf)),
  );
}

function pairsOf(field: Field): (readonly [string, string])[] {
  if (!("numbered" in field)) return [[field[0], textOf(field[1])]];
  const { numbered, value, count } = field;
  return Array.from({ length: count }, (_, at) => [`${numbered}${at}`, value]);
}
