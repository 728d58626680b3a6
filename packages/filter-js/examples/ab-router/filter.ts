import {
  Action,
  callForeignFunction,
  defineFilter,
  LogLevel,
  MapType,
  MetricType,
  type Name,
  setProperty,
  statusName,
} from "@wasm-header-filter/filter-js/guest";
import { type Configuration, readConfiguration, type Variant } from "./configuration.ts";

interface Plugin extends Configuration {
  readonly headerName: Name;
  /** Finds the variant in the header `cookie`. */
  readonly kept: RegExp;
  /** A counter for each variant. */
  readonly counters: ReadonlyMap<string, number>;
}

interface Stream {
  readonly plugin: Plugin;
  /** The variant that the client is to keep; undefined if it has one. */
  chosen?: string;
}

/** A number from 0 to 2^32 - 1 for a text, evenly distributed: FNV-1a, whose bits are mixed at the end. */
function hash(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** The variant at a place from 0 to 1 in the range that the weights divide. */
function variantAt(variants: readonly Variant[], place: number): string {
  let left = place * variants.reduce((sum, { weight }) => sum + weight, 0);
  const found = variants.find(({ weight }) => {
    left -= weight;
    return left < 0;
  });
  return (found ?? (variants[0] as Variant)).name;
}

/** Gives each client one of several variants, which it keeps: a header tells the proxy's routes which. */
export default defineFilter<Plugin, Stream>((host) => {
  const cookie = host.internName("cookie");
  const setCookie = host.internName("set-cookie");
  const requestId = host.internName("x-request-id");
  const request = (name: Name): string | undefined => host.getHeader(MapType.RequestHeaders, name).value;

  function counter(name: string): number {
    const defined = host.defineMetric(MetricType.Counter, name);
    if (defined.value === undefined) throw new Error(`${name}: ${statusName(defined.status)}`);
    return defined.value;
  }

  return {
    onConfigure(size) {
      try {
        const configuration = readConfiguration(host, size);
        return {
          ...configuration,
          headerName: host.internName(configuration.header),
          kept: new RegExp(`(?:^|[;,])\\s*${configuration.cookie}=([^;,\\s]*)`),
          counters: new Map(configuration.variants.map(({ name }) => [name, counter(`ab_requests_${name}`)])),
        };
      } catch (error) {
        host.log(LogLevel.Error, `ab-router: configuration refused: ${(error as Error).message}`);
        return undefined;
      }
    },

    onStream: (plugin) => ({ plugin }),

    onRequestHeaders(stream) {
      const { variants, headerName, kept, counters } = stream.plugin;
      const asked = request(headerName);
      const wanted = asked ?? kept.exec(request(cookie) ?? "")?.[1] ?? "";
      if (!counters.has(wanted)) {
        // The proxy gives each request a random id.
        stream.chosen = variantAt(variants, hash(request(requestId) ?? String(Date.now())) / 2 ** 32);
      }
      const variant = stream.chosen ?? wanted;
      if (variant !== asked) host.replaceHeader(MapType.RequestHeaders, headerName, variant);
      // For access logs, and for filters behind this one.
      setProperty(host, ["ab_variant"], variant);
      // The proxy has chosen a route before the filters: it is to choose again.
      callForeignFunction(host, "clear_route_cache", "");
      host.incrementMetric(counters.get(variant) as number, 1);
      return Action.Continue;
    },

    onResponseHeaders({ plugin, chosen }) {
      if (chosen !== undefined) {
        const value = `${plugin.cookie}=${chosen}; Path=/; Max-Age=${plugin.maxAge}; HttpOnly; SameSite=Lax`;
        host.addHeader(MapType.ResponseHeaders, setCookie, value);
      }
      return Action.Continue;
    },
  };
});
