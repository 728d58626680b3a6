import { InvalidArgumentError } from "commander";

/** Where to listen. */
export interface HostPort {
  /** A name or an address, without brackets. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
}

/**
 * Reads `HOST:PORT`, `[V6]:PORT`, `:PORT` or `PORT`; without a host, loopback.
 *
 * @throws InvalidArgumentError if it isn't one of these or the port isn't in 0 to 65535
 */
export function hostPort(text: string): HostPort {
  const match = /^(?:(?:\[([0-9A-Fa-f:.]+)\]|([^\s:[\]]*)):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (!match || port > 65535) throw new InvalidArgumentError("Expected HOST:PORT, such as 127.0.0.1:8000.");
  return { host: match[1] ?? (match[2] || "127.0.0.1"), port };
}

/**
 * Reads a whole number from 1 to 1,000,000.
 *
 * @throws InvalidArgumentError if it isn't one
 */
export function count(text: string): number {
  const value = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > 1_000_000) throw new InvalidArgumentError("Expected a whole number from 1 to 1000000.");
  return value;
}

/**
 * Reads a time of at most a day in seconds, `10`, `0.5`, `10s`, or in milliseconds, `500ms`.
 *
 * @returns milliseconds
 * @throws InvalidArgumentError if it isn't one of these
 */
export function duration(text: string): number {
  const [, number, unit] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s)?$/.exec(text) ?? [];
  const milliseconds = Number(number) * (unit === "ms" ? 1 : 1000);
  if (!(milliseconds <= DAY))
    throw new InvalidArgumentError("Expected a time of at most a day, such as 10, 10s or 500ms.");
  return milliseconds;
}

const DAY = 24 * 3600 * 1000;

const UNITS: Readonly<Record<string, number>> = { KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/**
 * Reads a size, `65536`, `64KiB`, `64MiB` or `1GiB`, as bytes.
 *
 * @throws InvalidArgumentError if it isn't one of these
 */
export function byteSize(text: string): number {
  const [, digits, unit] = /^(\d{1,15})([KMG]iB)?$/.exec(text) ?? [];
  if (digits === undefined) throw new InvalidArgumentError("Expected a size, such as 65536, 64MiB or 1GiB.");
  return Number(digits) * (unit === undefined ? 1 : (UNITS[unit] as number));
}

/**
 * Reads the address of an upstream.
 *
 * @throws InvalidArgumentError if it isn't an http URL of a host and port alone
 */
export function upstreamUrl(text: string): URL {
  const url = bareUrl(text);
  if (url?.protocol !== "http:") {
    throw new InvalidArgumentError("Expected http://HOST:PORT, such as http://127.0.0.1:8080.");
  }
  return url;
}

/**
 * Reads the address of an upstream that speaks HTTP/1.1, `http://HOST:PORT`, HTTP/2 with prior knowledge, `h2c://HOST:PORT`, or either of
 * them over TLS, `https://HOST:PORT`.
 *
 * @throws InvalidArgumentError if it is none of them
 */
export function http2UpstreamUrl(text: string): URL {
  const url = bareUrl(text);
  if (url?.protocol !== "http:" && url?.protocol !== "h2c:" && url?.protocol !== "https:") {
    throw new InvalidArgumentError(
      "Expected http://HOST:PORT, h2c://HOST:PORT or https://HOST:PORT, such as http://127.0.0.1:8080.",
    );
  }
  return url;
}

/** A URL of a host and port alone. */
function bareUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.host && url.pathname.length < 2 && !url.search && !url.hash && !url.username ? url : undefined;
}

/**
 * Collects `--set NAME=VALUE` options into one object, in the order given.
 *
 * @throws InvalidArgumentError if there is no `=` or no name before it
 */
export function keyValue(text: string, previous: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("Expected NAME=VALUE, such as header_1=some_value_1.");
  return { ...previous, [text.slice(0, at)]: text.slice(at + 1) };
}

/**
 * Collects `--cluster NAME=URL` options into one object.
 *
 * @throws InvalidArgumentError if there is no `=`, no name before it, or the value is not a URL that {@link http2UpstreamUrl} accepts
 */
export function namedUrl(text: string, previous: Record<string, URL> = {}): Record<string, URL> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("Expected NAME=URL, such as auth=http://127.0.0.1:9000.");
  return { ...previous, [text.slice(0, at)]: http2UpstreamUrl(text.slice(at + 1)) };
}

/** A regular expression with a name. */
interface NamedPattern {
  readonly name: string;
  readonly pattern: RegExp;
}

/**
 * Reads `NAME=REGEX`, which can be given several times.
 *
 * @throws InvalidArgumentError if it has no name, or the expression is malformed
 */
export function namedPattern(text: string, previous: readonly NamedPattern[] = []): NamedPattern[] {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("Expected NAME=REGEX, such as source=(source_(.*?)_).");
  try {
    return [...previous, { name: text.slice(0, at), pattern: new RegExp(text.slice(at + 1)) }];
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message}.`);
  }
}
