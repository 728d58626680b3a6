import type { Header } from "./host.ts";

/** What an engine may have of its own, in machine code. */
interface Engine {
  readonly TextEncoder?: new () => { encode(text: string): Uint8Array<ArrayBuffer> };
  readonly btoa?: (text: string) => string;
  readonly Uint8Array: { readonly fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };
}

const engine = globalThis as unknown as Engine;
const encoder = engine.TextEncoder && new engine.TextEncoder();
const toBase64 = engine.btoa;
const { fromBase64 } = engine.Uint8Array;

const NONE = new Uint8Array(0);

/**
 * Encodes text as UTF-8; a lone surrogate becomes U+FFFD. Engines have different ways of their own, or none.
 *
 * @param text any string
 */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  if (text === "") return NONE;
  const wellFormed = text.toWellFormed();
  if (encoder) return encoder.encode(wellFormed);
  if (toBase64 && fromBase64) return fromBase64.call(Uint8Array, toBase64(unescape(encodeURIComponent(wellFormed))));
  return encodeInScript(wellFormed);
}

/** The same for an engine without any way. */
export function encodeInScript(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(3 * text.length);
  let at = 0;
  for (let index = 0; index < text.length; index++) {
    const point = text.codePointAt(index) as number;
    if (point < 0x80) {
      bytes[at++] = point;
      continue;
    }
    if (point < 0x800) bytes[at++] = 0xc0 | (point >> 6);
    else {
      if (point < 0x10000) bytes[at++] = 0xe0 | (point >> 12);
      else {
        bytes[at++] = 0xf0 | (point >> 18);
        bytes[at++] = 0x80 | ((point >> 12) & 0x3f);
        index++;
      }
      bytes[at++] = 0x80 | ((point >> 6) & 0x3f);
    }
    bytes[at++] = 0x80 | (point & 0x3f);
  }
  return bytes.slice(0, at);
}

/** Bytes as they are, text as UTF-8. */
export function bytesOf(value: string | Uint8Array): Uint8Array {
  return typeof value === "string" ? encodeUtf8(value) : value;
}

/** Sizes up to 127, as the ABI has them: 32 bits, the low ones first. */
const SIZES = Array.from({ length: 128 }, (_, size) => `${String.fromCharCode(size)}\0\0\0`);

/**
 * Serialises headers as the ABI has them: the count, the sizes of each name and value, then the texts, each with a zero byte after it.
 * No headers are no bytes.
 *
 * @param headers in their order
 */
export function encodePairs(headers: readonly Header[]): Uint8Array {
  const count = headers.length;
  return count === 0 ? NONE : (encodeShort(SIZES[count], "", headers) ?? encodeAnyPairs(headers));
}

/** The sizes of `:method`, `:path` and `:authority`. */
const [METHOD, PATH, AUTHORITY] = [SIZES[7], SIZES[5], SIZES[10]];

/** Serialises the headers of a request, the pseudo-headers first, as {@link encodePairs} does. */
export function encodeRequest(method: string, path: string, authority: string, headers: readonly Header[]): Uint8Array {
  const count = SIZES[3 + headers.length];
  const ofMethod = SIZES[method.length];
  const ofPath = SIZES[path.length];
  const ofAuthority = SIZES[authority.length];
  if (count !== undefined && ofMethod !== undefined && ofPath !== undefined && ofAuthority !== undefined) {
    const sizes = count + METHOD + ofMethod + PATH + ofPath + AUTHORITY + ofAuthority;
    // biome-ignore lint/style/useTemplate: an engine concatenates faster than it fills a template
    const texts = ":method\0" + method + "\0:path\0" + path + "\0:authority\0" + authority + "\0";
    const bytes = encodeShort(sizes, texts, headers);
    if (bytes) return bytes;
  }
  const start: Header[] = [
    [":method", method],
    [":path", path],
    [":authority", authority],
  ];
  return encodeAnyPairs(start.concat(headers));
}

/**
 * Encodes short texts of ASCII in one go with their sizes: one call of the engine instead of one for each.
 *
 * @param sizes those before the headers', and the count
 * @param texts those before the headers'
 * @returns undefined for others
 */
function encodeShort(sizes: string | undefined, texts: string, headers: readonly Header[]): Uint8Array | undefined {
  let allSizes = sizes;
  let allTexts = texts;
  const count = headers.length;
  for (let at = 0; allSizes !== undefined && at < count; at++) {
    const header = headers[at] as Header;
    const name = header[0];
    const value = header[1];
    const first = SIZES[name.length];
    const second = SIZES[value.length];
    allSizes = first === undefined || second === undefined ? undefined : allSizes + first + second;
    // biome-ignore lint/style/useTemplate: an engine concatenates faster than it fills a template
    allTexts += name + "\0" + value + "\0";
  }
  if (allSizes === undefined) return undefined;
  const bytes = encodeUtf8(allSizes + allTexts);
  return bytes.length === allSizes.length + allTexts.length ? bytes : undefined;
}

function encodeAnyPairs(headers: readonly Header[]): Uint8Array {
  const texts = headers.flatMap(([name, value]) => [encodeUtf8(name), encodeUtf8(value)]);
  const size = texts.reduce((sum, text) => sum + 5 + text.length, 4);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, headers.length, true);
  let at = 4 + 4 * texts.length;
  for (const [index, text] of texts.entries()) {
    view.setUint32(4 + 4 * index, text.length, true);
    bytes.set(text, at);
    at += text.length + 1;
  }
  return bytes;
}
