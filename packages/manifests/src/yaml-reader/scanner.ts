import { Cursor, END, isAlphanumeric, isBreak, isGap } from "./cursor.ts";
import type { OpenFlow, PossibleKey } from "./possible-key.ts";
import { scanBlock, scanPlain, scanQuoted } from "./scan-scalar.ts";
import { scanDirective, scanTag } from "./scan-tag.ts";
import type { Indicator, Token } from "./token.ts";

/** The characters that a key without `?` may have (YAML 1.1, 7.3). */
const KEY_LIMIT = 1024;

/** The limit of nested collections: far more than any resource has, and fewer than the stack holds. */
const DEPTH_LIMIT = 1000;

const NO_PLAIN_START = "-?:,[]{}#&*!|>'\"%@`";

/** Reads tokens as libyaml does, which Kubernetes' parser is a translation of. */
export class Scanner {
  readonly #cursor: Cursor;
  readonly #isJson: boolean;
  readonly #tokens: Token[] = [];
  /** The tokens that were taken. */
  #taken = 0;
  readonly #indents: number[] = [];
  /** The column of the block collection; -1 outside of all. */
  #indent = -1;
  /** For each flow level, outermost first. */
  readonly #keys: (PossibleKey | undefined)[] = [undefined];
  #mayBeKey = true;
  readonly #flows: OpenFlow[] = [];
  /** Collections without possible keys: the Go translation gives them out before it knows whether they are keys. */
  readonly #notAwaited = new Set<number>();

  /**
   * @param text without a byte order mark
   * @param isJson whether the text is JSON, too, where two escapes may stand for one character
   */
  constructor(text: string, isJson: boolean) {
    this.#cursor = new Cursor(text);
    this.#isJson = isJson;
  }

  /** The next token. */
  peek(): Token {
    for (;;) {
      const [token] = this.#tokens;
      if (token && !this.#isUndecided()) return token;
      this.#fetch();
    }
  }

  take(): Token {
    const token = this.peek();
    this.#tokens.shift();
    this.#taken += 1;
    return token;
  }

  /** Whether the next token may still turn out to be a key. */
  #isUndecided(): boolean {
    if (this.#notAwaited.has(this.#taken)) return false;
    const at = this.#keys.findIndex((key) => key?.token === this.#taken);
    return at >= 0 && this.#validKey(at) !== undefined;
  }

  #validKey(level: number): PossibleKey | undefined {
    const key = this.#keys[level];
    if (!key) return undefined;
    if (key.line === this.#cursor.line && key.index + KEY_LIMIT >= this.#cursor.index) return key;
    this.#dropKey(level);
    return undefined;
  }

  #dropKey(level = this.#flowLevel): void {
    const key = this.#keys[level];
    if (key?.isRequired) throw this.#cursor.fault("could not find expected ':'", key.at);
    this.#keys[level] = undefined;
  }

  get #flowLevel(): number {
    return this.#keys.length - 1;
  }

  get #isFlow(): boolean {
    return this.#flowLevel > 0;
  }

  #saveKey(): void {
    if (!this.#mayBeKey) return;
    const { offset: at, index, line, column } = this.#cursor;
    this.#dropKey();
    const flow = this.#flows.at(-1);
    if (flow) flow.hasKeys = true;
    this.#keys[this.#flowLevel] = {
      token: this.#taken + this.#tokens.length,
      at,
      index,
      line,
      column,
      isRequired: !this.#isFlow && this.#indent === column,
    };
  }

  #roll(column: number, type: "block sequence start" | "block mapping start", at: number, token?: number): void {
    if (this.#isFlow || this.#indent >= column) return;
    this.#indents.push(this.#indent);
    this.#indent = column;
    this.#limit(at);
    this.#insert(token, { type, at });
  }

  /** Before the token of that number; at the end if it is taken or undefined. */
  #insert(number: number | undefined, token: Token): void {
    const at = (number ?? -1) - this.#taken;
    this.#tokens.splice(at < 0 ? this.#tokens.length : at, 0, token);
  }

  #unroll(column: number): void {
    if (this.#isFlow) return;
    while (this.#indent > column) {
      this.#push("block end");
      this.#indent = this.#indents.pop() ?? -1;
    }
  }

  #limit(at: number): void {
    if (this.#indents.length + this.#flowLevel > DEPTH_LIMIT)
      throw this.#cursor.fault(`nested deeper than ${DEPTH_LIMIT} levels`, at);
  }

  #push(type: Indicator, length = 0): void {
    this.#tokens.push({ type, at: this.#cursor.offset });
    this.#cursor.skip(length);
  }

  #fetch(): void {
    this.#skipToToken();
    const cursor = this.#cursor;
    const char = cursor.peek();
    if (char === END) this.#boundary("stream end", 0);
    else {
      this.#unroll(cursor.column);
      if (cursor.column === 0 && char === "%") this.#directive();
      else if (cursor.isAtMarker()) this.#boundary(char === "-" ? "document start" : "document end", 3);
      else if (!this.#fetchIndicator(char)) this.#plain(char);
    }
  }

  /** @returns whether an indicator begins here */
  #fetchIndicator(char: string): boolean {
    const endsHere = isGap(this.#cursor.peek(1));
    if (char === "[" || char === "{") this.#flowStart(char);
    else if (char === "]" || char === "}") this.#flowEnd(char);
    else if (char === "," || (char === "-" && endsHere)) this.#entry(char);
    else if (char === "?" && (this.#isFlow || endsHere)) this.#key();
    else if (char === ":" && (this.#isFlow || endsHere)) this.#value();
    else if (char === "*" || char === "&") this.#anchor(char);
    else if (char === "!") this.#tag();
    else if ((char === "|" || char === ">") && !this.#isFlow) this.#block();
    else if (char === "'" || char === '"') this.#quoted();
    else return false;
    return true;
  }

  #skipToToken(): void {
    const cursor = this.#cursor;
    for (;;) {
      while (cursor.peek() === " " || (cursor.peek() === "\t" && (this.#isFlow || !this.#mayBeKey))) cursor.skip();
      cursor.skipComment();
      if (!isBreak(cursor.peek())) return;
      cursor.takeBreak();
      if (!this.#isFlow) this.#mayBeKey = true;
    }
  }

  /** The end of all block collections. */
  #boundary(type: "stream end" | "document start" | "document end", length: number): void {
    this.#unroll(-1);
    this.#dropKey();
    if (type === "stream end") this.#keys.fill(undefined);
    this.#mayBeKey = false;
    this.#push(type, length);
  }

  #directive(): void {
    this.#unroll(-1);
    this.#dropKey();
    this.#mayBeKey = false;
    const at = this.#cursor.offset;
    this.#tokens.push({ type: "directive", at, directive: scanDirective(this.#cursor) });
  }

  #flowStart(type: "[" | "{"): void {
    this.#saveKey();
    this.#keys.push(undefined);
    this.#flows.push({ token: this.#taken + this.#tokens.length, hasKeys: false });
    this.#limit(this.#cursor.offset);
    this.#mayBeKey = true;
    this.#push(type, 1);
  }

  #flowEnd(type: "]" | "}"): void {
    this.#dropKey();
    if (this.#isFlow) this.#keys.pop();
    const flow = this.#flows.pop();
    if (flow && !flow.hasKeys) this.#notAwaited.add(flow.token);
    this.#mayBeKey = false;
    this.#push(type, 1);
  }

  #entry(type: "-" | ","): void {
    if (type === "-" && !this.#isFlow) {
      if (!this.#mayBeKey) throw this.#cursor.fault("block sequence entries are not allowed in this context");
      this.#roll(this.#cursor.column, "block sequence start", this.#cursor.offset);
    }
    this.#dropKey();
    this.#mayBeKey = true;
    this.#push(type, 1);
  }

  #key(): void {
    if (!this.#isFlow) {
      if (!this.#mayBeKey) throw this.#cursor.fault("mapping keys are not allowed in this context");
      this.#roll(this.#cursor.column, "block mapping start", this.#cursor.offset);
    }
    this.#dropKey();
    this.#mayBeKey = !this.#isFlow;
    this.#push("key", 1);
  }

  #value(): void {
    const key = this.#validKey(this.#flowLevel);
    if (key) {
      const { token, at, column } = key;
      this.#insert(token, { type: "key", at });
      this.#roll(column, "block mapping start", at, token);
      this.#keys[this.#flowLevel] = undefined;
      this.#mayBeKey = false;
    } else {
      if (!this.#isFlow) {
        if (!this.#mayBeKey) throw this.#cursor.fault("mapping values are not allowed in this context");
        this.#roll(this.#cursor.column, "block mapping start", this.#cursor.offset);
      }
      this.#mayBeKey = !this.#isFlow;
    }
    this.#push("value", 1);
  }

  #anchor(char: "*" | "&"): void {
    const cursor = this.#cursor;
    this.#saveKey();
    this.#mayBeKey = false;
    const at = cursor.offset;
    cursor.skip();
    let name = "";
    while (isAlphanumeric(cursor.peek())) name += cursor.take();
    if (name === "" || !(isGap(cursor.peek()) || "?:,]}%@`".includes(cursor.peek())))
      throw cursor.fault("did not find expected alphabetic or numeric character", at);
    this.#tokens.push({ type: char === "*" ? "alias" : "anchor", at, name });
  }

  #tag(): void {
    this.#saveKey();
    this.#mayBeKey = false;
    const at = this.#cursor.offset;
    this.#tokens.push({ type: "tag", at, tag: scanTag(this.#cursor) });
  }

  #block(): void {
    this.#dropKey();
    this.#mayBeKey = true;
    const at = this.#cursor.offset;
    this.#tokens.push({ type: "scalar", at, value: scanBlock(this.#cursor, this.#indent), isPlain: false });
  }

  #quoted(): void {
    this.#saveKey();
    this.#mayBeKey = false;
    const at = this.#cursor.offset;
    this.#tokens.push({ type: "scalar", at, value: scanQuoted(this.#cursor, this.#isJson), isPlain: false });
  }

  #plain(char: string): void {
    const canStart = !isGap(char) && !NO_PLAIN_START.includes(char);
    if (!canStart && char !== "-" && (this.#isFlow || (char !== "?" && char !== ":")))
      throw this.#cursor.fault("found character that cannot start any token");
    this.#saveKey();
    this.#mayBeKey = false;
    const at = this.#cursor.offset;
    const { value, endsLine } = scanPlain(this.#cursor, this.#indent + 1, this.#isFlow);
    if (endsLine) this.#mayBeKey = true;
    this.#tokens.push({ type: "scalar", at, value, isPlain: true });
  }
}
