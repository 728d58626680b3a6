import {
  Action,
  BufferType,
  decodeUtf8,
  defineFilter,
  encodeUtf8,
  getBufferSize,
  LogLevel,
  MapType,
  MetricType,
  respond,
  statusName,
} from "@wasm-header-filter/filter-js/guest";
import { deflated, inflated } from "./gzip.ts";
import { masked } from "./mask.ts";

interface Plugin {
  readonly fields: ReadonlySet<string>;
  /** A JSON text. */
  readonly mask: string;
  /** The most bytes of a body that is looked at, before and after it is inflated. */
  readonly limit: number;
  /** Whether bodies that cannot be looked at are refused. */
  readonly refuses: boolean;
  /** A counter of bodies that could not be looked at. */
  readonly unread: number;
}

type Encoding = "identity" | "gzip";

/** What is done with a response's body. */
type Work =
  | { readonly is: "pass" }
  /** What follows is left out: the client has got an error instead. */
  | { readonly is: "drop" }
  | { readonly is: "look"; readonly encoding: Encoding };

interface Stream {
  readonly plugin: Plugin;
  work: Work;
}

/** Headers that no longer tell the truth once the body has changed. */
const STALE = ["content-length", "content-digest", "repr-digest", "digest"];

const JSON_TYPE = /^\s*application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

/** Masks the values of fields in JSON that the upstream answers. */
export default defineFilter<Plugin, Stream>((host) => {
  const contentType = host.internName("content-type");
  const contentLength = host.internName("content-length");
  const contentEncoding = host.internName("content-encoding");
  const stale = STALE.map(host.internName);
  const response = (name: typeof contentType) => host.getHeader(MapType.ResponseHeaders, name).value;

  function read(size: number): Plugin {
    const bytes = size > 0 ? host.getBuffer(BufferType.PluginConfiguration, 0, size).value : undefined;
    const given = JSON.parse((bytes && decodeUtf8(bytes)) ?? "{}");
    const { fields, mask = "***", limit = 262_144, unreadable = "refuse" } = given;
    if (!Array.isArray(fields) || !fields.every((name) => typeof name === "string")) {
      throw new Error('fields: expected names, such as ["password"]');
    }
    if (!Number.isInteger(limit) || limit <= 0) throw new Error("limit: expected bytes");
    if (unreadable !== "refuse" && unreadable !== "pass") throw new Error('unreadable: expected "refuse" or "pass"');
    const unread = host.defineMetric(MetricType.Counter, "redact_unread");
    if (unread.value === undefined) throw new Error(`redact_unread: ${statusName(unread.status)}`);
    const refuses = unreadable === "refuse";
    return { fields: new Set(fields), mask: JSON.stringify(mask), limit, refuses, unread: unread.value };
  }

  /** Refuses a response whose head has not been sent, or passes it. */
  function giveUpHead({ plugin }: Stream, why: string): Action {
    host.incrementMetric(plugin.unread, 1);
    if (!plugin.refuses) return Action.Continue;
    respond(host, { status: 502, body: `the response was not sent: ${why}\n`, details: "redact_unreadable" });
    return Action.Pause;
  }

  /** Refuses a body whose head has been sent: an error takes its place. Or passes it. */
  function giveUpBody(stream: Stream, encoding: Encoding, size: number, why: string): Action {
    host.incrementMetric(stream.plugin.unread, 1);
    stream.work = { is: stream.plugin.refuses ? "drop" : "pass" };
    if (stream.plugin.refuses) put(encoding, size, JSON.stringify({ error: `the response was not sent: ${why}` }));
    return Action.Continue;
  }

  function put(encoding: Encoding, size: number, json: string): void {
    const bytes = encodeUtf8(json);
    host.setBuffer(BufferType.ResponseBody, 0, size, encoding === "gzip" ? deflated(bytes) : bytes);
  }

  /** Takes the whole body, and puts the masked one in its place. */
  function redact(stream: Stream, encoding: Encoding, size: number): Action {
    const { fields, mask, limit } = stream.plugin;
    const encoded = host.getBuffer(BufferType.ResponseBody, 0, size).value ?? new Uint8Array(0);
    const plain = encoding === "gzip" ? inflated(encoded, limit) : encoded;
    const text = plain && decodeUtf8(plain);
    const json = text === undefined ? undefined : masked(text, fields, mask);
    if (json === undefined) return giveUpBody(stream, encoding, size, "its body could not be read");
    if (json !== text) put(encoding, size, json);
    return Action.Continue;
  }

  return {
    onConfigure(size) {
      try {
        return read(size);
      } catch (error) {
        host.log(LogLevel.Error, `redact: configuration refused: ${(error as Error).message}`);
        return undefined;
      }
    },

    onStream: (plugin) => ({ plugin, work: { is: "pass" } }),

    onResponseHeaders(stream, _, endOfStream) {
      if (endOfStream || !JSON_TYPE.test(response(contentType) ?? "")) return Action.Continue;
      const encoding = response(contentEncoding)?.trim().toLowerCase() || "identity";
      if (encoding !== "identity" && encoding !== "gzip") return giveUpHead(stream, `its encoding is ${encoding}`);
      if (Number(response(contentLength) ?? 0) > stream.plugin.limit) return giveUpHead(stream, "it is too large");
      stream.work = { is: "look", encoding };
      // The head is sent before the body is there: Envoy calls no callback for the body while the head is paused.
      for (const name of stale) host.removeHeader(MapType.ResponseHeaders, name);
      return Action.Continue;
    },

    onResponseBody(stream, size, endOfStream) {
      const { work, plugin } = stream;
      if (work.is === "drop") host.setBuffer(BufferType.ResponseBody, 0, size, new Uint8Array(0));
      if (work.is !== "look") return Action.Continue;
      if (size > plugin.limit) return giveUpBody(stream, work.encoding, size, "it is too large");
      return endOfStream ? redact(stream, work.encoding, size) : Action.Pause;
    },

    onResponseTrailers(stream) {
      const { work } = stream;
      if (work.is !== "look") return Action.Continue;
      return redact(stream, work.encoding, getBufferSize(host, BufferType.ResponseBody).value ?? 0);
    },
  };
});
