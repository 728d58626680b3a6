import { once } from "node:events";
import { basename } from "node:path";
import { Failure, palette, readInput, UsageError } from "@wasm-header-filter/cli";
import { type Host, startHost } from "../host.ts";
import type { HostPort } from "../listener.ts";
import { readModuleSource } from "../module-source.ts";
import type { LogLine } from "../services.ts";
import { traceText } from "../trace-text.ts";
import type { RecordLimit } from "./record-options.ts";

export interface ServeOptions {
  readonly listen?: HostPort;
  readonly admin?: HostPort;
  readonly upstream: URL;
  readonly config?: string;
  readonly configFile?: string;
  readonly rootId?: string;
  readonly vmConfigFile?: string;
  readonly failOpen?: boolean;
  readonly cluster?: Readonly<Record<string, URL>>;
  readonly tcp?: boolean;
  readonly trace?: boolean;
  readonly record?: boolean;
  readonly recordLimit?: RecordLimit;
  readonly redact?: readonly string[];
}

/** Where the lab has them. */
const LISTEN: HostPort = { host: "127.0.0.1", port: 8000 };
const ADMIN: HostPort = { host: "127.0.0.1", port: 15000 };

/**
 * Serves HTTP or TCP through a module until the process is told to end.
 *
 * @throws Failure if the module or a file can't be read, or a port is taken
 * @throws UsageError if the configuration is given twice
 */
export async function serve(source: string, options: ServeOptions): Promise<void> {
  const { listen = LISTEN, admin = ADMIN, upstream, rootId, failOpen = false } = options;
  const module = await readModuleSource(source);
  const configuration = readConfiguration(options);
  const vmConfiguration = options.vmConfigFile && readInput(options.vmConfigFile, "--vm-config-file");
  const host = await start(() =>
    startHost({
      plugins: [
        {
          name: basename(source, ".wasm"),
          module,
          source,
          failOpen,
          ...(configuration && { configuration }),
          ...(rootId && { rootId }),
          ...(vmConfiguration && { vmConfiguration }),
        },
      ],
      upstream,
      tcp: options.tcp,
      ...(options.cluster && { clusters: options.cluster }),
      listen,
      admin,
      log,
      record: options.record !== false && { ...options.recordLimit, redact: options.redact },
      ...(options.trace && { trace: traceText((line) => console.error(line)) }),
    }),
  );
  const { bold } = palette(process.stderr);
  console.error(
    `proxy ${bold(host.url.href)} -> ${upstream.href}, admin ${bold(host.adminUrl?.href ?? "")}, Ctrl-C ends`,
  );
  const ended = new AbortController();
  await Promise.race(["SIGINT", "SIGTERM"].map((signal) => once(process, signal, { signal: ended.signal })));
  ended.abort();
  await host.close();
}

function readConfiguration({ config, configFile }: ServeOptions): Uint8Array | undefined {
  if (config !== undefined && configFile !== undefined) {
    throw new UsageError("--config and --config-file: expected one of them, not both");
  }
  if (configFile !== undefined) return readInput(configFile, "--config-file");
  return config === undefined ? undefined : Buffer.from(config);
}

async function start(begin: () => Promise<Host>): Promise<Host> {
  try {
    return await begin();
  } catch (error) {
    const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
    const where = `${address}:${port}`;
    if (code === "EADDRINUSE")
      throw new Failure(
        `${where}: the port is taken; end what listens there, or choose another with --listen or --admin`,
      );
    if (code === "EACCES") throw new Failure(`${where}: not allowed to listen there; choose a port above 1023`);
    if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") throw new Failure(`${where}: no address of this machine`);
    throw error;
  }
}

function log({ level, plugin, message }: LogLine): void {
  const { red, yellow, dim } = palette(process.stderr);
  const paint = { trace: dim, debug: dim, info: String, warn: yellow, error: red, critical: red }[level];
  console.error(`${dim(new Date().toISOString())} ${paint(level.padEnd(5))} ${plugin ? `${plugin}: ` : ""}${message}`);
}
