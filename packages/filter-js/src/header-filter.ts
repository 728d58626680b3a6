import { readConfiguration } from "./configuration.ts";
import { failure, onceEach } from "./failures.ts";
import { Action, defineFilter, type FilterDefinition } from "./filter.ts";
import { BufferType, type HeaderList, LogLevel, MapType, MetricType } from "./host.ts";
import { Status } from "./status.ts";

/** The configuration of one plugin. */
interface Plugin {
  readonly headers: HeaderList;
  readonly counter: number;
  readonly report: (callee: string, status: Status) => void;
}

/**
 * The header filter: adds the configured headers to every response, and counts the requests that have `hello`.
 *
 * @param variant the build's name, for its log messages
 * @param version the build's version
 */
export function headerFilter(variant: string, version: string): FilterDefinition<Plugin> {
  return defineFilter((host) => {
    const { addHeaders, hasHeader, incrementMetric, log } = host;
    const { Ok, NotFound } = Status;
    const { Continue } = Action;
    const { RequestHeaders, ResponseHeaders } = MapType;
    const hello = host.internName("hello");

    function refuse(line: string): undefined {
      log(LogLevel.Error, line);
    }

    return {
      onConfigure(size, last) {
        const configuration =
          size > 0 ? host.getBuffer(BufferType.PluginConfiguration, 0, size) : { status: Ok, value: new Uint8Array(0) };
        if (configuration.status !== Ok) return refuse(failure("proxy_get_buffer_bytes", configuration.status));
        const { headers, refusal } = readConfiguration(configuration.value);
        if (refusal !== undefined) return refuse(`header filter: configuration refused: ${refusal}`);
        const counter = host.defineMetric(MetricType.Counter, "hello_header_counter");
        if (counter.status !== Ok) return refuse(failure("proxy_define_metric", counter.status));
        const announced = log(
          LogLevel.Info,
          `header filter ${variant} ${version}: adding ${headers.length} response headers`,
        );
        if (announced !== Ok) return refuse(failure("proxy_log", announced));
        return { headers: host.internHeaders(headers), counter: counter.value, report: last?.report ?? onceEach(log) };
      },

      onRequestHeaders(plugin) {
        const status = hasHeader(RequestHeaders, hello);
        if (status === Ok) {
          const counted = incrementMetric(plugin.counter, 1);
          if (counted !== Ok) plugin.report("proxy_increment_metric", counted);
        } else if (status !== NotFound) plugin.report("proxy_get_header_map_value", status);
        return Continue;
      },

      onResponseHeaders(plugin) {
        const status = addHeaders(ResponseHeaders, plugin.headers);
        if (status !== Ok) plugin.report("proxy_add_header_map_value", status);
        return Continue;
      },
    };
  });
}
