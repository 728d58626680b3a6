import { checkPax, type PaxRecords, parsePax } from "./pax.ts";
import { expand, oldSparse, paxSparse, type Sparse } from "./sparse.ts";
import { latin1, numericField, octalField, textField } from "./tar-fields.ts";
import { type Archive, BLOCK, INVALID_HEADER, TarContent, TarError, TarPanic, TarSource } from "./tar-source.ts";

/** An entry of an archive. */
export interface TarEntry {
  /** With what long-name headers say. */
  readonly name: string;
  /** `file`, `directory`, `symlink` and so on. */
  readonly type: string;
  /** The size in bytes that the header says, also of a directory or link, which have no content. */
  readonly size: number;
  /**
   * Reads the content, before the next entry is asked for.
   *
   * @returns as many bytes as its size says
   * @throws TarError if the entry has fewer, because the archive is cut or its type has no content
   */
  read(): Uint8Array;
}

const TYPES: Readonly<Record<string, string>> = {
  "1": "hard link",
  "2": "symlink",
  "3": "character device",
  "4": "block device",
  "5": "directory",
  "6": "fifo",
  g: "global header",
};

/** Types without content, whatever size their header says (archive/tar, isHeaderOnlyType). */
const HEADER_ONLY = /^[1-6]$/;

/** The largest extended header, in bytes (archive/tar, maxSpecialFileSize). */
const SPECIAL_LIMIT = 1 << 20;

/** What Go can allocate for a file at most, in bytes: Istio's agent ends if a header says more. */
const ALLOCATION_LIMIT = 2 ** 47;

type Format = "v7" | "ustar" | "gnu" | "star";

interface Header {
  readonly block: Uint8Array;
  readonly format: Format;
  type: string;
  name: string;
  size: number;
}

/**
 * Reads an archive as Go's archive/tar does: what a header means, and where the archive ends, is decided by the same rules. The end needs
 * no zero blocks, and what is behind the entry that the caller stops at is not looked at.
 *
 * @param archive the decompressed bytes, and why there are no more
 * @returns one entry after the other
 * @throws TarError when an entry is asked for that can't be read; the text is Go's. TarPanic if its size can't be allocated
 */
export function* readTar(archive: Archive): Generator<TarEntry, void> {
  const source = new TarSource(archive);
  for (;;) {
    const entry = nextEntry(source);
    if (!entry) return;
    if (entry.size < 0 || entry.size > ALLOCATION_LIMIT) throw new TarPanic("makeslice: len out of range");
    yield entry;
    // What was not read of the content, and the padding of its last block.
    source.must(entry.content.left);
    if (!source.take(entry.padding)) return;
  }
}

interface OpenEntry extends TarEntry {
  readonly content: TarContent;
  readonly padding: number;
}

/** The next entry (archive/tar, Reader.next): extended headers belong to the entry behind them. */
function nextEntry(source: TarSource): OpenEntry | undefined {
  let records: PaxRecords = new Map();
  let longName = "";
  for (;;) {
    const header = readHeader(source);
    if (!header) return undefined;
    if (header.type === "x" || header.type === "g") {
      records = parsePax(special(header, source));
      if (header.type === "x" && !skipPadding(header, source)) return undefined;
      if (header.type === "x") continue;
      const name = records.get("path") || header.name;
      return opened({ ...header, name, size: 0 }, new TarContent(source, 0), paddingOf(header.size));
    }
    if (header.type === "L" || header.type === "K") {
      const text = special(header, source).split("\0", 1)[0] as string;
      if (header.type === "L") longName = text;
      if (!skipPadding(header, source)) return undefined;
      continue;
    }
    contentSize(header);
    checkPax(records);
    header.name = records.get("path") || header.name;
    header.size = Number(records.get("size") || header.size);
    header.name = longName || header.name;
    if (header.type === "\0") header.type = header.name.endsWith("/") ? "5" : "0";
    const stored = contentSize(header);
    const content = new TarContent(source, stored);
    const sparse = sparseOf(header, records, source, content);
    if (sparse && HEADER_ONLY.test(header.type)) throw new TarError(INVALID_HEADER);
    if (sparse) header.name = (header.type !== "S" && records.get("GNU.sparse.name")) || header.name;
    return opened(header, content, paddingOf(stored), sparse);
  }
}

function opened(header: Header, content: TarContent, padding: number, sparse?: Sparse): OpenEntry {
  const size = sparse?.size ?? header.size;
  return {
    name: Buffer.from(header.name, "latin1").toString(),
    type: TYPES[header.type] ?? "file",
    size,
    content,
    padding,
    read: () => (sparse ? expand(sparse, content) : content.must(size)),
  };
}

function sparseOf(header: Header, records: PaxRecords, source: TarSource, content: TarContent): Sparse | undefined {
  if (header.type !== "S") return paxSparse(records, header.size, content);
  if (header.format !== "gnu") throw new TarError(INVALID_HEADER);
  return oldSparse(header.block, source);
}

/** The content of an extended header. */
function special(header: Header, source: TarSource): string {
  const size = contentSize(header);
  if (size > SPECIAL_LIMIT && source.left > SPECIAL_LIMIT) throw new TarError("archive/tar: header field too long");
  return latin1(source.must(size));
}

const skipPadding = ({ size }: Header, source: TarSource) => source.take(paddingOf(size)) !== undefined;

const paddingOf = (size: number) => (BLOCK - (size % BLOCK)) % BLOCK;

function contentSize({ type, size }: Header): number {
  if (HEADER_ONLY.test(type)) return 0;
  if (size < 0) throw new TarError(INVALID_HEADER);
  return size;
}

/** @returns nothing at the end: after two blocks of zeros, or where the archive ends before a block or after one of zeros */
function readHeader(source: TarSource): Header | undefined {
  const block = readBlock(source);
  if (!block) return undefined;
  if (isZero(block)) {
    const second = readBlock(source);
    if (!second || isZero(second)) return undefined;
    throw new TarError(INVALID_HEADER);
  }
  const format = formatOf(block);
  const number = (from: number, to: number) => numericField(block.subarray(from, to));
  const text = (from: number, to: number) => textField(block.subarray(from, to));
  const type = String.fromCharCode(block[156] as number);
  const header = { block, format, type, name: text(0, 100), size: number(124, 136) };
  // Not used, but a malformed one makes the header invalid: mode, owner, group, time.
  for (const [from, to] of [
    [100, 108],
    [108, 116],
    [116, 124],
    [136, 148],
  ] as const)
    number(from, to);
  if (format === "v7") return header;
  number(329, 337);
  number(337, 345);
  const prefix = prefixOf(block, format);
  return prefix === "" ? header : { ...header, name: `${prefix}/${header.name}` };
}

/** What stands before the name. In GNU's format there is none, but writers of old Go versions put one where two times belong. */
function prefixOf(block: Uint8Array, format: Format): string {
  if (format === "ustar") return textField(block.subarray(345, 500));
  if (format === "star") {
    numericField(block.subarray(476, 488));
    numericField(block.subarray(488, 500));
    return textField(block.subarray(345, 476));
  }
  try {
    for (const at of [345, 357]) if (block[at] !== 0) numericField(block.subarray(at, at + 12));
    return "";
  } catch {
    const prefix = textField(block.subarray(345, 500));
    return /^[\0-\x7f]*$/.test(prefix) ? prefix : "";
  }
}

/** @throws TarError if the checksum is wrong; Sun's tar sums signed bytes */
function formatOf(block: Uint8Array): Format {
  const stored = octalField(block.subarray(148, 156));
  let unsigned = 0;
  let signed = 0;
  for (const [i, own] of block.entries()) {
    const byte = i >= 148 && i < 156 ? 0x20 : own;
    unsigned += byte;
    signed += byte < 0x80 ? byte : byte - 0x100;
  }
  if (stored !== unsigned && stored !== signed) throw new TarError(INVALID_HEADER);
  const magic = latin1(block.subarray(257, 265));
  if (magic.startsWith("ustar\0")) return latin1(block.subarray(508, 512)) === "tar\0" ? "star" : "ustar";
  return magic === "ustar  \0" ? "gnu" : "v7";
}

function readBlock(source: TarSource): Uint8Array | undefined {
  if (source.left === 0) return source.take(BLOCK);
  return source.must(BLOCK);
}

const isZero = (block: Uint8Array): boolean => block.every((byte) => byte === 0);
