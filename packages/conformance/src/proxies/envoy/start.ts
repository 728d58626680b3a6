import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Failure } from "@wasm-header-filter/cli";
import { temporaryFolder } from "../../environment/temporary.ts";
import { type Tethered, tethered } from "../../environment/tether.ts";
import { bootstrap, resourceOf, type Setup } from "./bootstrap.ts";
import { startDiscovery } from "./discovery.ts";
import { type EnvoyLine, LOG_OPTIONS, parseLine, tail } from "./log.ts";

export interface EnvoyOptions extends Setup {
  /** The program, as `findEnvoy` gives it. */
  readonly envoy: string;
  /** Whether its log has each crossing between host and module; false by default. */
  readonly trace?: boolean;
}

/** A running Envoy, with one worker. */
export interface Envoy {
  readonly adminUrl: URL;
  /** Its process id, on Linux. */
  readonly pid: number | undefined;
  /** Where a listener listens. */
  url(listener: string): URL;
  /** The lines logged since the last call. */
  log(): EnvoyLine[];
  /** Text of an admin path, such as `/stats/prometheus`. */
  admin(path: string): Promise<string>;
  /**
   * Delivers a configuration to a filter; true once it is in force, false once it is refused.
   *
   * @param module the file of another module; left out, the filter keeps its own
   */
  reconfigure(filter: string, configuration: Uint8Array, module?: string): Promise<boolean>;
  close(): Promise<void>;
}

/** How long Envoy may take to start or to take an update in ms: many times what a busy machine needs. */
const PATIENCE = 120_000;

/**
 * Starts Envoy and waits until it serves. Filters come by extension config discovery, as Istio delivers them: one whose configuration is
 * refused answers 500.
 *
 * @throws Failure with Envoy's last error if it does not start
 */
export async function startEnvoy(options: EnvoyOptions): Promise<Envoy> {
  const folder = temporaryFolder("envoy");
  const filters = options.listeners.flatMap((listener) => listener.filters.map((filter) => ({ listener, filter })));
  const discovery = await startDiscovery(
    new Map(filters.map(({ filter, listener }) => [filter.name, resourceOf(filter, listener)])),
  );
  const [config, logFile, addressFile] = ["bootstrap.json", "log", "admin"].map((name) => join(folder.path, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(config, JSON.stringify(bootstrap(options, discovery.url)));
  const output = openSync(logFile, "w");
  const level = options.trace ? "wasm:trace" : "wasm:info";
  const args = ["-c", config, "--concurrency", "1", "--disable-hot-restart", "--admin-address-path", addressFile];
  const child = tethered(
    options.envoy,
    [...args, "-l", "warning", "--component-log-level", level, ...LOG_OPTIONS],
    output,
  );
  closeSync(output);
  const lines = tail(logFile);
  const close = async () => {
    await child.close();
    await discovery.close();
    lines.close();
    folder.remove();
  };

  try {
    const adminUrl = new URL(await started(child, addressFile, logFile));
    const admin = async (path: string) => (await fetch(new URL(path, adminUrl))).text();
    const urls = await listenerUrls(admin);
    return {
      adminUrl,
      pid: child.pid,
      url: (listener) => urls.get(listener) ?? adminUrl,
      log: () =>
        lines
          .read()
          .map(parseLine)
          .filter((line) => line !== undefined),
      admin,
      async reconfigure(name, configuration, module) {
        const found = filters.find(({ filter }) => filter.name === name);
        if (!found)
          throw new Failure(`Envoy has no filter ${name}, expected one of ${filters.map(({ filter }) => filter.name)}`);
        const before = await reloads(admin, name);
        const taken = await discovery.deliver(
          name,
          resourceOf({ ...found.filter, configuration, ...(module !== undefined && { module }) }, found.listener),
        );
        if (taken) await inForce(admin, name, before);
        return taken;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function started(child: Tethered, addressFile: string, logFile: string): Promise<string> {
  const end = Date.now() + PATIENCE;
  while (Date.now() < end && child.exitCode === undefined) {
    const address = read(addressFile);
    const ready =
      address &&
      (await fetch(`http://${address}/ready`).then(
        (answer) => answer.status === 200,
        () => false,
      ));
    if (ready) return `http://${address}`;
    await delay(20);
  }
  const ended = child.exitCode === undefined ? undefined : `it ended with exit status ${child.exitCode}`;
  throw new Failure(
    `Envoy did not start: ${lastError(read(logFile)) ?? ended ?? `it was not ready within ${PATIENCE / 1000} s`}`,
  );
}

/** The last error of a log; of a crash, the line with the signal, which precedes the backtrace. */
function lastError(log: string): string | undefined {
  const errors = log
    .split("\n")
    .map(parseLine)
    .filter((line) => line?.level === "critical" || line?.level === "error")
    .map((line) => line?.text.replace(/\s+/g, " "));
  return errors.findLast((text) => text?.startsWith("Caught ")) ?? errors.at(-1);
}

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

async function listenerUrls(admin: Envoy["admin"]): Promise<Map<string, URL>> {
  const { listener_statuses = [] } = JSON.parse(await admin("/listeners?format=json")) as {
    listener_statuses?: { name: string; local_address: { socket_address: { address: string; port_value: number } } }[];
  };
  return new Map(
    listener_statuses.map(({ name, local_address: { socket_address } }) => {
      const { address, port_value } = socket_address;
      return [name, new URL(`http://${address.includes(":") ? `[${address}]` : address}:${port_value}`)];
    }),
  );
}

/** How many configurations of a filter have taken effect. */
async function reloads(admin: Envoy["admin"], name: string): Promise<number> {
  const text = await admin(`/stats?filter=^extension_config_discovery.[a-z_]+_filter.${name}.config_reload$`);
  return Number(/: (\d+)/.exec(text)?.[1]);
}

/** Envoy accepts a configuration before its workers have it; the counter grows when all of them do. */
async function inForce(admin: Envoy["admin"], name: string, before: number): Promise<void> {
  while ((await reloads(admin, name)) === before) await delay(5);
}
