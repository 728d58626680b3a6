import { type Cursor, isAlphanumeric, isBreakOrEnd, isGap } from "./cursor.ts";

/** A tag as written: `HANDLE SUFFIX`; an empty handle for one that is written whole. */
export interface Tag {
  readonly handle: string;
  readonly suffix: string;
}

/** `%YAML` or `%TAG`. */
export type Directive = { readonly version: string } | { readonly handle: string; readonly prefix: string };

/** Reads a tag, which begins with `!`. */
export function scanTag(cursor: Cursor): Tag {
  const start = cursor.offset;
  let tag: Tag;
  if (cursor.peek(1) === "<") {
    cursor.skip(2);
    tag = { handle: "", suffix: uri(cursor) };
    if (tag.suffix === "") throw cursor.fault("did not find expected tag URI", start);
    if (cursor.take() !== ">") throw cursor.fault("did not find the expected '>'", start);
  } else {
    const handle = tagHandle(cursor);
    if (handle.length > 1 && handle.endsWith("!")) {
      tag = { handle, suffix: uri(cursor) };
      if (tag.suffix === "") throw cursor.fault("did not find expected tag URI", start);
    } else {
      const suffix = handle.slice(1) + uri(cursor);
      tag = suffix === "" ? { handle: "", suffix: "!" } : { handle: "!", suffix };
    }
  }
  if (!isGap(cursor.peek())) throw cursor.fault("did not find expected whitespace or line break", start);
  return tag;
}

function tagHandle(cursor: Cursor): string {
  if (cursor.peek() !== "!") throw cursor.fault("did not find expected '!'");
  let handle = cursor.take();
  while (isAlphanumeric(cursor.peek())) handle += cursor.take();
  return cursor.peek() === "!" ? handle + cursor.take() : handle;
}

function uri(cursor: Cursor): string {
  const bytes: number[] = [];
  for (;;) {
    const char = cursor.peek();
    if (char === "%") bytes.push(...uriEscape(cursor));
    else if (isAlphanumeric(char) || ";/?:@&=+$,.!~*'()[]".includes(char)) bytes.push(cursor.take().charCodeAt(0));
    else return new TextDecoder().decode(Uint8Array.from(bytes));
  }
}

/** The bytes of one character. */
function uriEscape(cursor: Cursor): number[] {
  const bytes: number[] = [];
  let width = 1;
  while (bytes.length < width) {
    const digits = cursor.peek(1) + cursor.peek(2);
    if (cursor.peek() !== "%" || !/^[\da-f]{2}$/i.test(digits)) throw cursor.fault("did not find URI escaped octet");
    const byte = Number.parseInt(digits, 16);
    if (bytes.length === 0) width = utf8Width(byte);
    else if ((byte & 0xc0) !== 0x80) width = 0;
    if (width === 0) throw cursor.fault("found an incorrect UTF-8 octet");
    bytes.push(byte);
    cursor.skip(3);
  }
  return bytes;
}

function utf8Width(lead: number): number {
  if (lead < 0x80) return 1;
  if ((lead & 0xe0) === 0xc0) return 2;
  if ((lead & 0xf0) === 0xe0) return 3;
  return (lead & 0xf8) === 0xf0 ? 4 : 0;
}

/** Reads a directive, which begins with `%`, with its line. */
export function scanDirective(cursor: Cursor): Directive {
  const start = cursor.offset;
  cursor.skip();
  let name = "";
  while (isAlphanumeric(cursor.peek())) name += cursor.take();
  if (name === "") throw cursor.fault("could not find expected directive name", start);
  if (!isGap(cursor.peek())) throw cursor.fault("found unexpected non-alphabetical character", start);
  if (name !== "YAML" && name !== "TAG") throw cursor.fault("found unknown directive name", start);
  cursor.skipBlanks();
  const directive = name === "YAML" ? { version: version(cursor, start) } : tagDirective(cursor, start);
  cursor.skipBlanks();
  cursor.skipComment();
  if (!isBreakOrEnd(cursor.peek())) throw cursor.fault("did not find expected comment or line break", start);
  cursor.takeBreak();
  return directive;
}

function version(cursor: Cursor, start: number): string {
  const number = () => {
    let digits = "";
    while (/^\d$/.test(cursor.peek())) digits += cursor.take();
    if (digits === "") throw cursor.fault("did not find expected version number", start);
    if (digits.length > 2) throw cursor.fault("found extremely long version number", start);
    return Number(digits);
  };
  const major = number();
  if (cursor.take() !== ".") throw cursor.fault("did not find expected digit or '.' character", start);
  return `${major}.${number()}`;
}

function tagDirective(cursor: Cursor, start: number): { handle: string; prefix: string } {
  const handle = tagHandle(cursor);
  if (handle !== "!" && !handle.endsWith("!")) throw cursor.fault("did not find expected '!'", start);
  if (cursor.peek() !== " " && cursor.peek() !== "\t") throw cursor.fault("did not find expected whitespace", start);
  cursor.skipBlanks();
  const prefix = uri(cursor);
  if (prefix === "") throw cursor.fault("did not find expected tag URI", start);
  if (!isGap(cursor.peek())) throw cursor.fault("did not find expected whitespace or line break", start);
  return { handle, prefix };
}
