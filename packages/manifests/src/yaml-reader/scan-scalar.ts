import { type Cursor, END, isBlank, isBreak, isBreakOrEnd, isGap } from "./cursor.ts";

/** The line breaks between two lines of a scalar. */
class Breaks {
  #leading = "";
  #trailing = "";

  /** Whether the line has ended. */
  get any(): boolean {
    return this.#leading !== "";
  }

  add(lineBreak: string): void {
    if (this.any) this.#trailing += lineBreak;
    else this.#leading = lineBreak;
  }

  /** What they are in the value: one line break is a space. */
  folded(): string {
    if (this.#leading !== "\n") return this.#leading + this.#trailing;
    return this.#trailing === "" ? " " : this.#trailing;
  }
}

/**
 * Reads a plain scalar.
 *
 * @param indent the column that further lines need at least, unless it is inside of a flow collection
 * @returns its value, and whether it was followed by a line break
 */
export function scanPlain(cursor: Cursor, indent: number, isFlow: boolean): { value: string; endsLine: boolean } {
  let value = "";
  let between = "";
  let breaks = new Breaks();
  while (!cursor.isAtMarker() && cursor.peek() !== "#") {
    while (!isGap(cursor.peek()) && !endsPlain(cursor, isFlow)) {
      value += breaks.any ? breaks.folded() : between;
      between = "";
      breaks = new Breaks();
      value += cursor.take();
    }
    if (!isGap(cursor.peek()) || cursor.peek() === END) break;
    while (isBlank(cursor.peek()) || isBreak(cursor.peek())) {
      if (isBreak(cursor.peek())) breaks.add(cursor.takeBreak());
      else if (breaks.any && cursor.column < indent && cursor.peek() === "\t")
        throw cursor.fault("found a tab character that violates indentation");
      else between += cursor.take();
    }
    if (!isFlow && cursor.column < indent) break;
  }
  return { value, endsLine: breaks.any };
}

function endsPlain(cursor: Cursor, isFlow: boolean): boolean {
  const char = cursor.peek();
  return (char === ":" && isGap(cursor.peek(1))) || (isFlow && ",?[]{}".includes(char));
}

const ESCAPES: Readonly<Record<string, string>> = {
  "0": "\0",
  a: "\x07",
  b: "\b",
  t: "\t",
  "\t": "\t",
  n: "\n",
  v: "\v",
  f: "\f",
  r: "\r",
  e: "\x1b",
  " ": " ",
  '"': '"',
  "'": "'",
  "\\": "\\",
  N: "\u0085",
  _: "\u00a0",
  L: "\u2028",
  P: "\u2029",
};
const CODES: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/**
 * Reads a scalar in quotes.
 *
 * @param isJson whether two escapes may stand for one character, as in JSON
 */
export function scanQuoted(cursor: Cursor, isJson: boolean): string {
  const quote = cursor.take();
  const start = cursor.offset - 1;
  let value = "";
  for (;;) {
    if (cursor.isAtMarker()) throw cursor.fault("found unexpected document indicator");
    if (cursor.peek() === END) throw cursor.fault("found unexpected end of stream", start);
    let continued = false;
    while (!isGap(cursor.peek())) {
      if (cursor.peek() === quote) {
        if (quote !== "'" || cursor.peek(1) !== quote) break;
        cursor.skip(2);
        value += quote;
      } else if (quote === '"' && cursor.peek() === "\\") {
        cursor.skip();
        if (isBreak(cursor.peek())) {
          cursor.takeBreak();
          continued = true;
          break;
        }
        value += escaped(cursor, isJson);
      } else value += cursor.take();
    }
    if (cursor.peek() === quote) break;
    value += space(cursor, continued);
  }
  cursor.skip();
  return value;
}

/** Passes blanks and line breaks inside of quotes and returns what they are in the value. */
function space(cursor: Cursor, continued: boolean): string {
  let between = "";
  let trailing = "";
  const breaks = new Breaks();
  while (isBlank(cursor.peek()) || isBreak(cursor.peek())) {
    if (isBlank(cursor.peek())) between += cursor.take();
    // After an escaped line break, further ones are kept.
    else if (continued) trailing += cursor.takeBreak();
    else breaks.add(cursor.takeBreak());
  }
  if (continued) return trailing;
  return breaks.any ? breaks.folded() : between;
}

function escaped(cursor: Cursor, isJson: boolean): string {
  const start = cursor.offset - 1;
  const name = cursor.peek();
  const digits = CODES[name];
  const simple = ESCAPES[name];
  if (digits === undefined && simple === undefined) throw cursor.fault("found unknown escape character", start);
  cursor.skip();
  if (digits === undefined) return simple ?? "";
  const code = hexadecimal(cursor, digits, start);
  if (isJson && code >= 0xd800 && code <= 0xdbff && cursor.peek() === "\\" && cursor.peek(1) === "u") {
    cursor.skip(2);
    const low = hexadecimal(cursor, 4, start);
    if (low >= 0xdc00 && low <= 0xdfff) return String.fromCharCode(code, low);
  }
  if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff)
    throw cursor.fault("found invalid Unicode character escape code", start);
  return String.fromCodePoint(code);
}

function hexadecimal(cursor: Cursor, digits: number, start: number): number {
  let text = "";
  while (text.length < digits) {
    const digit = cursor.peek();
    if (!/^[\da-f]$/i.test(digit)) throw cursor.fault("did not find expected hexdecimal number", start);
    text += digit;
    cursor.skip();
  }
  return Number.parseInt(text, 16);
}

/**
 * Reads a block scalar.
 *
 * @param parent the column of the collection around it; -1 if there is none
 */
export function scanBlock(cursor: Cursor, parent: number): string {
  const start = cursor.offset;
  const isLiteral = cursor.take() === "|";
  const { chomping, increment } = blockHeader(cursor, start);
  let indent = increment === 0 ? 0 : Math.max(parent, 0) + increment;
  let value = "";
  let leading = "";
  let wasBlank = false;
  let trailing = "";
  const passBreaks = () => {
    const passed = blockBreaks(cursor, indent, parent);
    indent = passed.indent;
    trailing = passed.breaks;
  };
  passBreaks();
  while (cursor.column === indent && cursor.peek() !== END) {
    const blank = isBlank(cursor.peek());
    const folds = !isLiteral && !wasBlank && !blank && leading === "\n";
    if (!folds) value += leading;
    else if (trailing === "") value += " ";
    value += trailing;
    wasBlank = blank;
    while (!isBreakOrEnd(cursor.peek())) value += cursor.take();
    leading = cursor.takeBreak();
    passBreaks();
  }
  if (chomping !== "-") value += leading;
  if (chomping === "+") value += trailing;
  return value;
}

function blockHeader(cursor: Cursor, start: number): { chomping: string; increment: number } {
  let chomping = "";
  let increment = "";
  for (let at = 0; at < 2; at++) {
    const char = cursor.peek();
    if (chomping === "" && (char === "+" || char === "-")) chomping = char;
    else if (increment === "" && char >= "0" && char <= "9") increment = char;
    else break;
    cursor.skip();
  }
  if (increment === "0") throw cursor.fault("found an indentation indicator equal to 0", start);
  cursor.skipBlanks();
  cursor.skipComment();
  if (!isBreakOrEnd(cursor.peek())) throw cursor.fault("did not find expected comment or line break");
  cursor.takeBreak();
  return { chomping, increment: Number(increment) };
}

/** Passes the indentation and empty lines in a block scalar. The first text decides on an indentation that is not known, 0. */
function blockBreaks(cursor: Cursor, known: number, parent: number): { indent: number; breaks: string } {
  let breaks = "";
  let deepest = 0;
  for (;;) {
    while ((known === 0 || cursor.column < known) && cursor.peek() === " ") cursor.skip();
    deepest = Math.max(deepest, cursor.column);
    if ((known === 0 || cursor.column < known) && cursor.peek() === "\t")
      throw cursor.fault("found a tab character where an indentation space is expected");
    if (!isBreak(cursor.peek())) break;
    breaks += cursor.takeBreak();
  }
  return { indent: known === 0 ? Math.max(deepest, parent + 1, 1) : known, breaks };
}
