import { decimal } from "./tar-fields.ts";
import { INVALID_HEADER, TarError } from "./tar-source.ts";

/** The records of an extended header, by name. */
export type PaxRecords = ReadonlyMap<string, string>;

const TEXTS = ["path", "linkpath", "uname", "gname"];
const TIMES = ["atime", "mtime", "ctime"];

/** Where the parts of a sparse file are, as version 0.1 writes it. */
export const SPARSE_MAP = "GNU.sparse.map";

/**
 * Reads the records of an extended header (archive/tar, parsePAX): later ones replace earlier ones, and the sparse map of version 0.0
 * becomes one of 0.1.
 *
 * @throws TarError if a record is malformed
 */
export function parsePax(text: string): PaxRecords {
  const records = new Map<string, string>();
  const map: string[] = [];
  for (let rest = text; rest !== ""; ) {
    const space = rest.indexOf(" ");
    if (space === -1) throw new TarError(INVALID_HEADER);
    const length = decimal(rest.slice(0, space));
    if (length < 5 || length > rest.length || length <= space + 1) throw new TarError(INVALID_HEADER);
    const record = rest.slice(space + 1, length - 1);
    const equals = record.indexOf("=");
    const [key, value] = [record.slice(0, equals), record.slice(equals + 1)];
    if (rest[length - 1] !== "\n" || equals < 1) throw new TarError(INVALID_HEADER);
    if ((TEXTS.includes(key) ? value : key).includes("\0")) throw new TarError(INVALID_HEADER);
    rest = rest.slice(length);
    if (key === "GNU.sparse.offset" || key === "GNU.sparse.numbytes") {
      const expected = map.length % 2 === 0 ? "GNU.sparse.offset" : "GNU.sparse.numbytes";
      if (key !== expected || value.includes(",")) throw new TarError(INVALID_HEADER);
      map.push(value);
    } else records.set(key, value);
  }
  if (map.length > 0) records.set(SPARSE_MAP, map.join(","));
  return records;
}

/**
 * Checks the records that have the form of a number or time, though only the size is used (archive/tar, mergePAX).
 *
 * @throws TarError if one of them is malformed
 */
export function checkPax(records: PaxRecords): void {
  for (const [key, value] of records) {
    if (value === "") continue;
    if (key === "uid" || key === "gid" || key === "size") decimal(value);
    if (!TIMES.includes(key)) continue;
    const [seconds, fraction] = splitOnce(value, ".");
    decimal(seconds);
    if (!/^\d*$/.test(fraction)) throw new TarError(INVALID_HEADER);
  }
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
