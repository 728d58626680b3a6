import { encodeUtf8 } from "../encode.ts";

/** WHATWG's TextEncoder. */
export class TextEncoder {
  get encoding(): "utf-8" {
    return "utf-8";
  }

  /** Encodes text as UTF-8; a lone surrogate becomes U+FFFD. */
  encode(text = ""): Uint8Array<ArrayBuffer> {
    return encodeUtf8(String(text));
  }

  /** Writes as many whole characters as there is room for. @returns the UTF-16 units read and the bytes written */
  encodeInto(text: string, target: Uint8Array): { read: number; written: number } {
    let [read, written] = [0, 0];
    for (const character of String(text)) {
      const bytes = encodeUtf8(character);
      if (written + bytes.length > target.length) break;
      target.set(bytes, written);
      read += character.length;
      written += bytes.length;
    }
    return { read, written };
  }
}
