import { CodecError } from "./codec-error.ts";
import { rejectForbidden } from "./header-lines.ts";

export interface RequestLine {
  readonly method: string;
  /** What is asked for, as it was sent. */
  readonly target: string;
  /** As it was sent; empty for HTTP/0.9. */
  readonly version: string;
}

/** The methods that Envoy knows (envoyproxy/envoy, source/common/http/http1/balsa_parser.cc). */
const METHODS = new Set(
  `ACL BIND CHECKOUT CONNECT COPY DELETE GET HEAD LINK LOCK MERGE MKACTIVITY MKCALENDAR MKCOL MOVE MSEARCH NOTIFY OPTIONS PATCH POST
  PROPFIND PROPPATCH PURGE PUT QUERY REBIND REPORT SEARCH SOURCE SUBSCRIBE TRACE UNBIND UNLINK UNLOCK UNSUBSCRIBE`.split(
    /\s+/,
  ),
);

/** Method, target and version between white space. */
const LINE = /^([^\0-\x20]+)(?:[\0-\x20]+([^\0-\x20]*))?(?:[\0-\x20]+(.*?))?[\0-\x20]*$/s;
const PATH = /^[/*][!-~]*$/;
const AUTHORITY = /^[A-Za-z0-9!$%&'()*+,\-.:;=@[\]_~]*(?:[/?][!-~]*)?$/;
const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+\-.]*:\/\/(.*)$/s;

/** What a version must look like, of a request and of a response; empty is HTTP/0.9. */
export const isVersion = (version: string): boolean => /^(?:HTTP\/\d\.\d)?$/.test(version);

/**
 * Reads the first line of a request.
 *
 * @throws CodecError if Envoy does not take it
 */
export function readRequestLine(line: string): RequestLine {
  rejectForbidden(line);
  const [, method = "", target = "", version = ""] = LINE.exec(line) ?? [];
  if (!METHODS.has(method)) throw new CodecError("an unknown method");
  if (!isTarget(target, method === "CONNECT")) throw new CodecError("an invalid request target");
  if (!isVersion(version)) throw new CodecError("an invalid version");
  return { method, target, version };
}

function isTarget(target: string, connect: boolean): boolean {
  if (PATH.test(target)) return true;
  const rest = connect ? target : ABSOLUTE.exec(target)?.[1];
  return target !== "" && rest !== undefined && AUTHORITY.test(rest) && !/^[^/?]*@@/.test(rest);
}
