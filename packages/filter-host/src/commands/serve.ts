import { basename } from "node:path";
import { readInput, UsageError } from "@wasm-header-filter/cli";
import { layoutNamed, readModuleSource, readSourceMap } from "@wasm-header-filter/oci";
import { mapBeside } from "@wasm-header-filter/source-maps";
import type { FailPolicy, PluginOptions } from "proxy-wasm-host";
import { startHost } from "../host.ts";
import { hostOptions, type ProxyCommandOptions, runProxy } from "./proxy.ts";

export interface ServeOptions extends ProxyCommandOptions {
  readonly config?: string;
  readonly configFile?: string;
  readonly rootId?: string;
  readonly vmConfigFile?: string;
  readonly failPolicy?: FailPolicy;
  readonly failOpen?: boolean;
}

/**
 * Serves HTTP or TCP through a module until the process gets SIGINT or SIGTERM.
 *
 * @throws Failure if the module or a file cannot be read, or a port is in use
 * @throws UsageError if the configuration is given twice
 */
export async function serve(source: string, options: ServeOptions): Promise<void> {
  const { rootId } = options;
  const module = await readModuleSource(source);
  const layout = layoutNamed(source);
  const configuration = readConfiguration(options);
  const vmConfiguration = options.vmConfigFile && readInput(options.vmConfigFile, "--vm-config-file");
  const plugin: PluginOptions = {
    name: basename(source, ".wasm"),
    module,
    source,
    sourceMap: layout ? await readSourceMap(layout.dir, layout.tag) : mapBeside(source),
    failPolicy: options.failPolicy ?? (options.failOpen ? "open" : "close"),
    ...(configuration && { configuration }),
    ...(rootId && { rootId }),
    ...(vmConfiguration && { vmConfiguration }),
  };
  await runProxy(options, () => startHost({ ...hostOptions(options), plugins: [plugin] }));
}

function readConfiguration({ config, configFile }: ServeOptions): Uint8Array | undefined {
  if (config !== undefined && configFile !== undefined) {
    throw new UsageError("--config and --config-file: expected one of them, not both");
  }
  if (configFile !== undefined) return readInput(configFile, "--config-file");
  return config === undefined ? undefined : Buffer.from(config);
}
