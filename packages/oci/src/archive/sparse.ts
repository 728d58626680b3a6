import { type PaxRecords, SPARSE_MAP } from "./pax.ts";
import { decimal, latin1, numericField } from "./tar-fields.ts";
import { BLOCK, INVALID_HEADER, type TarContent, TarError, type TarSource } from "./tar-source.ts";

/** A part of a sparse file that is stored; the rest is zeros. */
interface Part {
  readonly offset: number;
  readonly size: number;
}

/** A sparse file: what is stored of it, and its size with the holes, in bytes. */
export interface Sparse {
  readonly parts: readonly Part[];
  readonly size: number;
}

/** The largest sparse map, in bytes (archive/tar, maxSpecialFileSize). */
const MAP_LIMIT = 1 << 20;
/** The largest file with its holes, in bytes. Go has no limit, but allocates it. */
const SIZE_LIMIT = 256 * 1024 * 1024;

const TOO_LONG = "archive/tar: sparse map too long";

/**
 * Reads the map of a sparse file of the old GNU format, which is in its header and in blocks behind it.
 *
 * @param header the file's header, of the GNU format
 * @throws TarError if it is malformed or cut
 */
export function oldSparse(header: Uint8Array, source: TarSource): Sparse {
  const size = numericField(header.subarray(483, 495));
  const parts: Part[] = [];
  let map = header.subarray(386, 386 + 4 * 24 + 1);
  for (let total = map.length; total < MAP_LIMIT; total += BLOCK) {
    const count = Math.floor(map.length / 24);
    for (let at = 0; at < count * 24 && map[at] !== 0; at += 24) {
      parts.push({
        offset: numericField(map.subarray(at, at + 12)),
        size: numericField(map.subarray(at + 12, at + 24)),
      });
    }
    if (map[count * 24] === 0) return checked({ parts, size });
    map = source.must(BLOCK);
  }
  throw new TarError(TOO_LONG);
}

/**
 * Reads the map of a sparse file of one of the GNU formats that use extended headers: 0.0 and 0.1 in the headers, 1.0 before the content.
 *
 * @param size the file's size as the headers say
 * @returns nothing if it is no sparse file
 * @throws TarError if the map is malformed or cut
 */
export function paxSparse(records: PaxRecords, size: number, content: TarContent): Sparse | undefined {
  const text = (key: string) => records.get(`GNU.sparse.${key}`) ?? "";
  const version = `${text("major")}.${text("minor")}`;
  const old = version === "0.0" || version === "0.1" || (version === "." && records.get(SPARSE_MAP));
  if (!old && version !== "1.0") return undefined;
  const real = text("size") || text("realsize");
  const logical = real === "" ? size : decimal(real);
  const numbers = old ? headerMap(records, text("numblocks")) : contentMap(content);
  const parts = numbers.flatMap((offset, i) => (i % 2 === 0 ? [{ offset, size: numbers[i + 1] as number }] : []));
  return checked({ parts, size: logical });
}

function headerMap(records: PaxRecords, blocks: string): number[] {
  const count = decimal(blocks);
  const map = records.get(SPARSE_MAP) ?? "";
  const numbers = map === "" ? [] : map.split(",");
  if (count < 0 || numbers.length !== 2 * count) throw new TarError(INVALID_HEADER);
  return numbers.map(decimal);
}

/** Lines with numbers: how many parts there are, then where each one is and its size. The last block is filled up. */
function contentMap(content: TarContent): number[] {
  let text = "";
  const lines = (count: number): string[] => {
    for (;;) {
      const all = text.split("\n");
      if (all.length > count) return all.slice(0, count);
      if (text.length + BLOCK > MAP_LIMIT) throw new TarError(TOO_LONG);
      text += latin1(content.part(BLOCK));
    }
  };
  const count = decimal(lines(1)[0] as string);
  if (count < 0) throw new TarError(INVALID_HEADER);
  return lines(1 + 2 * count)
    .slice(1)
    .map(decimal);
}

/** Parts must be in order, and inside of the file (archive/tar, validateSparseEntries). */
function checked(sparse: Sparse): Sparse {
  let end = 0;
  for (const { offset, size } of sparse.parts) {
    if (offset < end || size < 0 || offset + size > sparse.size) throw new TarError(INVALID_HEADER);
    end = offset + size;
  }
  if (sparse.size < 0) throw new TarError(INVALID_HEADER);
  return sparse;
}

/** The whole file, zeros in its holes. @throws TarError if less is stored than the map says */
export function expand({ parts, size }: Sparse, content: TarContent): Uint8Array {
  if (size > SIZE_LIMIT) throw new TarError(`a sparse file of ${size} bytes`);
  const file = new Uint8Array(size);
  for (const part of parts) {
    const isLast = part.offset + part.size === size;
    file.set(isLast ? content.must(part.size) : content.part(part.size), part.offset);
  }
  return file;
}
