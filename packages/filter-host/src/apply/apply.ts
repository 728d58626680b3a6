import { setTimeout } from "node:timers/promises";
import { oneLine } from "@wasm-header-filter/cli";
import type { ManifestFile } from "@wasm-header-filter/manifests";
import type { LogLine } from "proxy-wasm-host";
import { type Host, startHost } from "../host.ts";
import type { HostOptions } from "../host-options.ts";
import { type Application, Applier } from "./applier.ts";
import type { ModulePlaces } from "./fetch-module.ts";
import { readFiles } from "./files.ts";
import { watchFiles } from "./watch.ts";
import type { Workload } from "./workload.ts";

export interface ApplyOptions extends Omit<HostOptions, "plugins" | "tcp"> {
  /** Manifests: files, or folders with such. */
  readonly files: readonly string[];
  readonly workload: Workload;
  readonly places?: Omit<ModulePlaces, "warn">;
  /** Told of what was applied, at first and after each change. */
  readonly applied?: (application: Application, host: Host) => void;
}

/** A host whose chain follows manifests. */
export interface AppliedHost extends Host {
  /** What the manifests have come to. */
  readonly application: Application;
}

/**
 * Starts a host with the plugins that manifests have for a workload, and follows what becomes of the files.
 *
 * @throws Failure if a manifest can't be read or breaks a rule; Error with `code` if a port can't be had. Later a manifest that is bad is
 *   one line of the log, and what was good stays.
 */
export async function startApplied(options: ApplyOptions): Promise<AppliedHost> {
  const { files: paths, workload, places, applied = () => {}, ...hostOptions } = options;
  const say = (level: LogLine["level"], message: string) =>
    options.log?.({ level, plugin: "", message, source: "host" });
  const applier = new Applier(workload, { ...places, warn: (text) => say("warn", text) });
  let seen = readFiles(paths);
  let application = await applier.apply(seen);
  const host = await startHost({ ...hostOptions, plugins: application.chain, tcp: workload.type === "NETWORK" });

  let complaint = "";
  let closed = false;
  const follow = async (): Promise<void> => {
    try {
      const now = await readSaved(paths);
      if (isSame(now, seen)) return;
      seen = now;
      const next = await applier.apply(now);
      if (closed) return;
      application = next;
      host.use(application.chain);
      complaint = "";
      applied(application, host);
    } catch (error) {
      // A folder's other files change too.
      if (oneLine(error) === complaint) return;
      complaint = oneLine(error);
      say("error", `${complaint}; what was applied last stays`);
    }
  };
  // One after the other: what is slow to fetch must not come after what was asked for later.
  let last = Promise.resolve();
  const unwatch = watchFiles(paths, () => {
    // What is said of a failure may fail, too; the next change is followed all the same.
    last = last.then(follow).catch(() => {});
  });
  applied(application, host);
  return {
    ...host,
    get plugins() {
      return host.plugins;
    },
    get application() {
      return application;
    },
    async close() {
      closed = true;
      unwatch();
      await host.close();
    },
  };
}

/** How long an empty file may stay empty before it is taken to be meant, in milliseconds: some editors empty a file before they write it. */
const SAVING = 250;

async function readSaved(paths: readonly string[]): Promise<ManifestFile[]> {
  const files = readFiles(paths);
  if (files.every(({ text }) => text !== "")) return files;
  await setTimeout(SAVING);
  return readFiles(paths);
}

const isSame = (a: readonly ManifestFile[], b: readonly ManifestFile[]): boolean =>
  a.length === b.length && a.every(({ where, text }, at) => where === b[at]?.where && text === b[at]?.text);
