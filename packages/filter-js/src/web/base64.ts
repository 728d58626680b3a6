import { DOMException } from "./dom-exception.ts";

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** WHATWG's "forgiving-base64 decode". @throws DOMException InvalidCharacterError for text that is not base64 */
export function atob(data: string): string {
  let text = String(data).replace(/[\t\n\f\r ]/g, "");
  if (text.length % 4 === 0) text = text.replace(/==?$/, "");
  if (text.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(text))
    throw new DOMException("The string to be decoded is not correctly encoded.", "InvalidCharacterError");
  let [bits, count, result] = [0, 0, ""];
  for (const digit of text) {
    bits = ((bits << 6) | DIGITS.indexOf(digit)) & 0xffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    result += String.fromCharCode((bits >> count) & 0xff);
  }
  return result;
}

/** Base64 of text whose units are bytes. @throws DOMException InvalidCharacterError for a unit above 255 */
export function btoa(data: string): string {
  const text = String(data);
  let result = "";
  for (let at = 0; at < text.length; at += 3) {
    const [first, second, third] = [text.charCodeAt(at), text.charCodeAt(at + 1), text.charCodeAt(at + 2)];
    if (first > 255 || second > 255 || third > 255)
      throw new DOMException("Invalid character", "InvalidCharacterError");
    // A unit behind the end is NaN, which is 0 in bits.
    const bits = (first << 16) | (second << 8) | third;
    const digits = [18, 12, 6, 0].map((shift) => DIGITS[(bits >> shift) & 63]);
    result += digits
      .slice(0, Math.min(4, text.length - at + 1))
      .join("")
      .padEnd(4, "=");
  }
  return result;
}
