/** Few enough arguments for `String.fromCharCode` on a small stack. */
const CHUNK = 1024;

const LABELS = ["unicode-1-1-utf-8", "unicode11utf8", "unicode20utf8", "utf-8", "utf8", "x-unicode20utf8"];

const REPLACEMENT = 0xfffd;
const BYTE_ORDER_MARK = 0xfeff;

export interface TextDecoderOptions {
  readonly fatal?: boolean;
  readonly ignoreBOM?: boolean;
}

/** WHATWG's TextDecoder for UTF-8, with its decoder (Encoding Standard, "UTF-8 decoder"), which may get text in pieces. */
export class TextDecoder {
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;
  /** The character so far, and the bytes that are missing and expected next. */
  #point = 0;
  #missing = 0;
  #lower = 0x80;
  #upper = 0xbf;
  #isStarted = false;
  #streams = false;

  /** @throws RangeError for any encoding but UTF-8 */
  constructor(label = "utf-8", { fatal = false, ignoreBOM = false }: TextDecoderOptions = {}) {
    if (!LABELS.includes(String(label).trim().toLowerCase()))
      throw new RangeError(`The encoding ${label} is not supported: a filter has utf-8`);
    this.fatal = Boolean(fatal);
    this.ignoreBOM = Boolean(ignoreBOM);
  }

  get encoding(): "utf-8" {
    return "utf-8";
  }

  /**
   * @param input the bytes, or the next of them
   * @param options `stream` if more follow
   * @throws TypeError for bytes that are not UTF-8, if the decoder is fatal
   */
  decode(input?: ArrayBuffer | ArrayBufferView, { stream = false }: { readonly stream?: boolean } = {}): string {
    if (!this.#streams) this.#reset();
    this.#streams = Boolean(stream);
    const bytes = bytesOf(input);
    const chunks: string[] = [];
    let units: number[] = [];
    const put = (point: number) => {
      const isMark = !this.#isStarted && point === BYTE_ORDER_MARK && !this.ignoreBOM;
      this.#isStarted = true;
      if (isMark) return;
      if (point < 0x10000) units.push(point);
      else units.push(0xd7c0 + (point >> 10), 0xdc00 | (point & 0x3ff));
      if (units.length < CHUNK) return;
      chunks.push(String.fromCharCode(...units));
      units = [];
    };
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (this.#missing === 0) {
        if (byte < 0x80) put(byte);
        else if (!this.#begin(byte)) put(this.#fault());
      } else if (byte < this.#lower || byte > this.#upper) {
        put(this.#fault());
        at--;
      } else {
        [this.#lower, this.#upper] = [0x80, 0xbf];
        this.#point = (this.#point << 6) | (byte & 0x3f);
        if (--this.#missing === 0) put(this.#point);
      }
    }
    if (!stream && this.#missing > 0) put(this.#fault());
    chunks.push(String.fromCharCode(...units));
    return chunks.join("");
  }

  /** Takes the first byte of a character of several. */
  #begin(byte: number): boolean {
    if (byte < 0xc2 || byte > 0xf4) return false;
    this.#missing = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
    this.#point = byte & (0x3f >> this.#missing);
    if (byte === 0xe0) this.#lower = 0xa0;
    if (byte === 0xed) this.#upper = 0x9f;
    if (byte === 0xf0) this.#lower = 0x90;
    if (byte === 0xf4) this.#upper = 0x8f;
    return true;
  }

  #fault(): number {
    const { fatal } = this;
    this.#missing = 0;
    [this.#lower, this.#upper] = [0x80, 0xbf];
    if (!fatal) return REPLACEMENT;
    this.#streams = false;
    throw new TypeError("The encoded data was not valid for encoding utf-8");
  }

  #reset(): void {
    this.#missing = 0;
    [this.#lower, this.#upper] = [0x80, 0xbf];
    this.#isStarted = false;
  }
}

/** The bytes of any buffer or view. */
function bytesOf(input: ArrayBuffer | ArrayBufferView = new Uint8Array(0)): Uint8Array {
  if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  return new Uint8Array(input);
}
