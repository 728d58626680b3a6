/** What Kubernetes' parser refuses in a text, and where. */
export class YamlFault extends Error {
  override readonly name = "YamlFault";
  /** In UTF-16 units from the beginning of the text. */
  readonly offset: number;

  constructor(problem: string, offset: number) {
    super(problem);
    this.offset = offset;
  }
}

/** What stands for the end of the text: it cannot occur in it. */
export const END = "\0";

const ALPHANUMERIC = /^[\w-]$/;

export const isBreak = (char: string): boolean =>
  char === "\n" || char === "\r" || char === "\u0085" || char === "\u2028" || char === "\u2029";
export const isBlank = (char: string): boolean => char === " " || char === "\t";
export const isBreakOrEnd = (char: string): boolean => isBreak(char) || char === END;
/** Whether a word ends here. */
export const isGap = (char: string): boolean => isBlank(char) || isBreakOrEnd(char);
/** Whether it can be part of an anchor's name: ASCII only. */
export const isAlphanumeric = (char: string): boolean => ALPHANUMERIC.test(char);

/** A position in a text, which moves forward. */
export class Cursor {
  readonly #text: string;
  #offset = 0;
  #line = 0;
  #lineStart = 0;
  /** The astral characters so far: each is two units and one column. */
  #pairs = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get offset(): number {
    return this.#offset;
  }

  get line(): number {
    return this.#line;
  }

  /** In characters, from 0. */
  get column(): number {
    return this.#offset - this.#lineStart;
  }

  /** The number of characters before. */
  get index(): number {
    return this.#offset - this.#pairs;
  }

  /** The unit at this many units from here. */
  peek(ahead = 0): string {
    return this.#text[this.#offset + ahead] ?? END;
  }

  /** Passes one character and returns it. */
  take(): string {
    const char = this.peek();
    if (char === END) return "";
    if (char < "\ud800" || char > "\udbff") {
      this.#offset += 1;
      return char;
    }
    const pair = char + this.peek(1);
    this.#offset += 2;
    this.#lineStart += 1;
    this.#pairs += 1;
    return pair;
  }

  /** Passes this many characters of the Basic Multilingual Plane, none of them a line break. */
  skip(count = 1): void {
    this.#offset += count;
  }

  /** Passes a line break and returns it as a scalar has it; "" if there is none here. */
  takeBreak(): string {
    const char = this.peek();
    if (!isBreak(char)) return "";
    this.#offset += char === "\r" && this.peek(1) === "\n" ? 2 : 1;
    this.#line += 1;
    this.#lineStart = this.#offset;
    return char === "\u2028" || char === "\u2029" ? char : "\n";
  }

  skipBlanks(): void {
    while (isBlank(this.peek())) this.skip();
  }

  skipComment(): void {
    if (this.peek() === "#") while (!isBreakOrEnd(this.peek())) this.take();
  }

  /** Whether a line with a document's beginning or end is here. */
  isAtMarker(): boolean {
    if (this.column !== 0 || !isGap(this.peek(3))) return false;
    const three = this.#text.slice(this.#offset, this.#offset + 3);
    return three === "---" || three === "...";
  }

  fault(problem: string, offset = this.#offset): YamlFault {
    return new YamlFault(problem, offset);
  }
}
