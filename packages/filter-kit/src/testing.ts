import { join } from "node:path";
import { Failure, readInput } from "@wasm-header-filter/cli";
import { nodePlatform } from "@wasm-header-filter/filter-host";
import { answering, embed, type LogLine, type Message, type Pair } from "proxy-wasm-host";
import { moduleOf } from "./build.ts";
import { type Project, readProject } from "./project.ts";

/** A request or response. A body is text in UTF-8, or bytes. */
export interface HttpMessage {
  readonly headers?: readonly Pair[];
  readonly body?: string | Uint8Array;
  readonly trailers?: readonly Pair[];
}

/** A client's request; by default `GET /` to `example.com`. */
export interface HttpRequest extends HttpMessage {
  readonly method?: string;
  readonly path?: string;
  readonly authority?: string;
}

/** An upstream's or a service's response; by default 200 without a body. */
export interface HttpResponse extends HttpMessage {
  readonly status?: number;
}

/** A message that came out of the filter, with its pseudo-headers among the headers. */
export interface Seen {
  readonly headers: readonly Pair[];
  readonly body: Uint8Array;
  /** The body, decoded. */
  readonly text: string;
  readonly trailers: readonly Pair[];
  /** The value of a header, or of several joined by a comma; undefined if there is none. */
  header(name: string): string | undefined;
}

/** What became of a request. */
export interface Exchanged {
  /** What the client got; undefined if the stream was reset before. */
  readonly response: (Seen & { readonly status: number }) | undefined;
  /** What the upstream got; undefined if the filter answered itself. */
  readonly upstream: Seen | undefined;
  readonly reset: boolean;
  /** The host functions that the filter called meanwhile, in order. */
  readonly calls: readonly string[];
}

/** A built filter in the engine of filter-host. */
export interface LoadedFilter {
  /** Passes a request and the upstream's response through the filter; never resolves if it holds one forever. */
  request(request?: HttpRequest, response?: HttpResponse): Promise<Exchanged>;
  /** Counters and gauges by name. */
  counters(): ReadonlyMap<string, number | bigint>;
  readonly logs: readonly Pick<LogLine, "level" | "message">[];
}

export interface LoadOptions {
  /** The module's file; by default what `filter build` makes for the project's first engine. */
  readonly module?: string;
  /** A value that is passed as JSON, or text, or bytes; by default the `pluginConfig` of package.json. */
  readonly config?: unknown;
  /** The services that the filter calls, by the names of their clusters. A function that throws is a service that can't be reached. */
  readonly services?: Readonly<Record<string, (request: Seen) => HttpResponse | Promise<HttpResponse>>>;
  /** Where the project is; by default the working directory. */
  readonly project?: string;
}

/**
 * Loads a built filter into the engine that filter-host runs it in, without a proxy.
 *
 * @throws Failure if the module can't be read or loaded, or refuses its configuration, with what it logged
 */
export async function loadFilter({ module, config, services = {}, project }: LoadOptions = {}): Promise<LoadedFilter> {
  const from: Project | undefined =
    module === undefined || config === undefined ? await readProject(project) : undefined;
  const path = module ?? join(from?.dir ?? "", moduleOf((from as Project).engines[0]));
  const logs: LogLine[] = [];
  let calls: string[] = [];
  const filter = embed({
    plugins: [
      {
        name: "filter",
        module: readInput(path, "module"),
        configuration: bytesOf(config ?? from?.plugin.pluginConfig),
      },
    ],
    clusters: answering(
      Object.fromEntries(
        Object.entries(services).map(([name, answer]) => [
          name,
          async (request: Message) => response(await answer(seen(request))),
        ]),
      ),
    ),
    platform: nodePlatform,
    log: (line) => logs.push(line),
    trace: ({ kind, phase, name }) => {
      if (kind === "call" && phase === "enter") calls.push(name);
    },
  });
  const [plugin] = filter.plugins;
  if (plugin?.state !== "running") {
    const said = logs.map(({ message }) => message).join("; ");
    throw new Failure(`${path}: ${plugin?.error ?? "is not running"}${said && `: ${said}`}`);
  }
  return {
    logs,
    counters: () => filter.counters(),
    request: async (asked = {}, answered = {}) => {
      calls = [];
      const { method = "GET", path: at = "/", authority = "example.com", headers = [] } = asked;
      const pseudo: Pair[] = [
        [":method", method],
        [":path", at],
        [":scheme", "http"],
        [":authority", authority],
      ];
      const request = { ...parts(asked), headers: [...pseudo, ...headers] };
      const { atClient, atUpstream, reset } = await filter.pass(request, response(answered));
      const client = atClient && seen(atClient);
      return {
        response: client && { ...client, status: Number(client.header(":status")) },
        upstream: atUpstream && seen(atUpstream),
        reset,
        calls,
      };
    },
  };
}

function bytesOf(value: unknown): Uint8Array {
  if (value === undefined || value instanceof Uint8Array) return value ?? new Uint8Array();
  return new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
}

const parts = ({ body, trailers }: HttpMessage) => ({
  ...(body !== undefined && { body: bytesOf(body) }),
  ...(trailers && { trailers }),
});

const response = ({ status = 200, ...message }: HttpResponse): Message => ({
  ...parts(message),
  headers: [[":status", String(status)], ...(message.headers ?? [])],
});

function seen({ headers, body = new Uint8Array(), trailers = [] }: Message): Seen {
  return {
    headers,
    body,
    text: new TextDecoder().decode(body),
    trailers,
    header: (name) => {
      const values = headers.filter(([key]) => key === name.toLowerCase()).map(([, value]) => value);
      return values.length === 0 ? undefined : values.join(",");
    },
  };
}
