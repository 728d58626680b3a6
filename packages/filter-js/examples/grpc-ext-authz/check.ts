import { decodeUtf8, type Header } from "@wasm-header-filter/filter-js/guest";
import { decode, encode, type Field, type Message } from "./protobuf.ts";

/** What the service is asked about. */
export interface Attributes {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly scheme: string;
  readonly protocol: string;
  readonly headers: readonly Header[];
  /** `IP:PORT` of the client. */
  readonly source: string;
  /** What the configuration adds. */
  readonly context: readonly Header[];
}

/** A header of an answer. */
export interface HeaderOption {
  readonly name: string;
  readonly value: string;
  /** Whether it is added to those of the same name, and does not replace them. */
  readonly append: boolean;
}

/** What the service says. */
export type Verdict =
  | { readonly allowed: true; readonly headers: readonly HeaderOption[]; readonly removed: readonly string[] }
  | {
      readonly allowed: false;
      readonly status: number;
      readonly headers: readonly HeaderOption[];
      readonly body: Uint8Array;
    };

const FORBIDDEN = 403;

/** Serialises `envoy.service.auth.v3.CheckRequest`, as its proto file numbers the fields. */
export function checkRequest(attributes: Attributes): Uint8Array {
  const { method, path, host, scheme, protocol, headers, source, context } = attributes;
  const colon = source.lastIndexOf(":");
  const address: Field[] = [
    [2, source.slice(0, colon)],
    [3, Number(source.slice(colon + 1))],
  ];
  const http: Field[] = [[2, method], ...entries(3, headers), [4, path], [5, host], [6, scheme], [10, protocol]];
  const attributeContext: Field[] = [[1, [[1, [[1, address]]]]], [4, [[2, http]]], ...entries(10, context)];
  return encode([[1, attributeContext]]);
}

/** A map of texts. */
const entries = (number: number, pairs: readonly Header[]): Field[] =>
  pairs.map(
    ([name, value]): Field => [
      number,
      [
        [1, name],
        [2, value],
      ],
    ],
  );

/**
 * Reads `envoy.service.auth.v3.CheckResponse`.
 *
 * @throws Error if it is none
 */
export function readCheckResponse(bytes: Uint8Array): Verdict {
  const response = decode(bytes);
  if (numberIn(messageIn(response, 1), 1) === 0) {
    const ok = messageIn(response, 3);
    return { allowed: true, headers: headersIn(ok), removed: textsIn(ok, 5).filter(mayChange) };
  }
  const denied = messageIn(response, 2);
  const status = numberIn(messageIn(denied, 1), 1) || FORBIDDEN;
  const body = denied.get(3)?.at(-1);
  return {
    allowed: false,
    status,
    headers: headersIn(denied),
    body: body instanceof Uint8Array ? body : new Uint8Array(),
  };
}

/** `envoy.config.core.v3.HeaderValueOption`: replaces, unless `append` or the action says so. */
function headersIn(message: Message): HeaderOption[] {
  return messagesIn(message, 2).map((option) => {
    const header = messageIn(option, 1);
    const [name = ""] = textsIn(header, 1);
    const value = textsIn(header, 2).at(-1) ?? textsIn(header, 3).at(-1) ?? "";
    return { name: name.toLowerCase(), value, append: numberIn(messageIn(option, 2), 1) === 1 };
  });
}

/** As in Envoy, the service cannot remove what the request cannot do without. */
const mayChange = (name: string): boolean => !name.startsWith(":") && name !== "host";

const messagesIn = (message: Message, number: number): Message[] =>
  (message.get(number) ?? []).flatMap((value) => (value instanceof Uint8Array ? [decode(value)] : []));

const messageIn = (message: Message, number: number): Message => messagesIn(message, number).at(-1) ?? new Map();

const numberIn = (message: Message, number: number): number => {
  const value = message.get(number)?.at(-1);
  return typeof value === "number" ? value : 0;
};

const textsIn = (message: Message, number: number): string[] =>
  (message.get(number) ?? []).flatMap((value) => (value instanceof Uint8Array ? [decodeUtf8(value) ?? ""] : []));
