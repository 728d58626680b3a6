import { setTimeout } from "node:timers/promises";
import { oneLine } from "@wasm-header-filter/cli";
import type { ManifestFile } from "@wasm-header-filter/manifests";
import type { LogLine } from "proxy-wasm-host";
import { type Host, startHost } from "../host.ts";
import type { HostOptions } from "../host-options.ts";
import { type Application, Applier } from "./applier.ts";
import type { ModulePlaces } from "./fetch-module.ts";
import { readFiles } from "./files.ts";
import { FileWatch } from "./watch.ts";
import type { Workload } from "./workload.ts";

export interface ApplyOptions extends Omit<HostOptions, "plugins" | "tcp"> {
  /** Files or folders of manifests. */
  readonly files: readonly string[];
  readonly workload: Workload;
  readonly places?: Omit<ModulePlaces, "warn">;
  /** How long all modules together are waited for before the host goes on without those that are late, in milliseconds; 3000 by default. */
  readonly patience?: number;
  /** Called at the start and after each change with what was applied. */
  readonly applied?: (application: Application, host: Host) => void;
}

/** A host whose chain follows manifests. */
export interface AppliedHost extends Host {
  /** What is applied at present. */
  readonly application: Application;
}

/**
 * Starts a host with the plugins that manifests define for a workload, and follows changes of the files and of the modules that they
 * name with `file://`.
 *
 * @throws Failure if a manifest cannot be read or is invalid; Error with `code` if it cannot listen. A change that makes a manifest
 *   invalid is logged, and the last valid manifests stay in effect.
 */
export async function startApplied(options: ApplyOptions): Promise<AppliedHost> {
  const { files: paths, workload, places, patience, applied = () => {}, ...hostOptions } = options;
  const say = (level: LogLine["level"], message: string) =>
    options.log?.({ level, plugin: "", message, source: "host" });
  let host: Host | undefined;
  const use = (next: Application): void => {
    application = next;
    host?.use(next.chain);
    if (host) applied(next, host);
  };
  const warn = (text: string) => say("warn", text);
  const applier = new Applier(workload, { ...places, patience, warn, changed: use });
  let seen = readFiles(paths);
  let application = await applier.apply(seen);
  const first = application;
  const started = await startHost({ ...hostOptions, plugins: first.chain, tcp: workload.type === "NETWORK" });
  host = started;

  let lastError = "";
  let closed = false;
  const follow = async (): Promise<void> => {
    try {
      const now = await readSaved(paths);
      if (isSame(now, seen) && !applier.haveFilesChanged()) return;
      seen = now;
      const next = await applier.apply(now);
      if (closed) return;
      watcher.watch([...paths, ...applier.files]);
      lastError = "";
      host?.notice(undefined);
      use(next);
    } catch (error) {
      // Changes of other files in the folder would repeat the message.
      if (oneLine(error) === lastError) return;
      lastError = oneLine(error);
      const text = `${lastError}; the last valid manifests stay in effect`;
      host?.notice(text);
      say("error", text);
    }
  };
  // One after the other: a slow fetch must not replace the result of a later change.
  let last = Promise.resolve();
  const watcher = new FileWatch(() => {
    // The log may throw, too; later changes are still followed.
    last = last.then(follow).catch(() => {});
  });
  watcher.watch([...paths, ...applier.files]);
  // A module that was late may have come while the host started.
  if (application === first) applied(first, started);
  else use(application);
  return {
    ...started,
    get plugins() {
      return started.plugins;
    },
    get application() {
      return application;
    },
    async close() {
      closed = true;
      applier.close();
      watcher.close();
      await started.close();
    },
  };
}

/** How long to wait before an empty file is taken as intended, in milliseconds: some editors empty a file before they write it. */
const SAVE_DELAY = 250;

async function readSaved(paths: readonly string[]): Promise<ManifestFile[]> {
  const files = readFiles(paths);
  if (files.every(({ text }) => text !== "")) return files;
  await setTimeout(SAVE_DELAY);
  return readFiles(paths);
}

const isSame = (a: readonly ManifestFile[], b: readonly ManifestFile[]): boolean =>
  a.length === b.length && a.every(({ where, text }, at) => where === b[at]?.where && text === b[at]?.text);
