import { CodecError } from "./codec-error.ts";
import { isVersion } from "./request-line.ts";

export interface StatusLine {
  readonly status: number;
  readonly version: string;
}

/** Version and status between white space; the reason does not matter. */
const LINE = /^([^\0-\x20]+)[\0-\x20]+\+?(\d+)(?:[\0-\x20]|$)/;

/**
 * Reads the first line of a response.
 *
 * @throws CodecError if Envoy does not take it
 */
export function readStatusLine(line: string): StatusLine {
  const [, version = "", digits] = LINE.exec(line) ?? [];
  const status = Number(digits);
  if (version === "" || !isVersion(version) || !(status >= 100)) throw new CodecError("an invalid status line");
  return { status, version };
}
