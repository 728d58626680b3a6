import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { Failure, oneLine } from "@wasm-header-filter/cli";
import {
  filePathOf,
  type ManifestFile,
  type Manifests,
  moduleSource,
  type PullSecret,
  pluginConfigBytes,
  readManifestFiles,
} from "@wasm-header-filter/manifests";
import type { ChainPluginOptions } from "proxy-wasm-host";
import { environmentOf } from "./environment.ts";
import { type Extension, labelOf, pluginName } from "./extension.ts";
import { type FetchedModule, ModuleFetcher, type ModulePlaces } from "./fetch-module.ts";
import { type LeftOut, planFor } from "./plan.ts";
import type { Workload } from "./workload.ts";

/** A plugin of the chain as its manifest describes it, with the module that its `url` led to. */
interface AppliedPlugin {
  /** `KIND NAMESPACE/NAME`. */
  readonly resource: string;
  /** The name of the plugin that the module sees. */
  readonly name: string;
  readonly phase?: string | undefined;
  readonly priority?: number | undefined;
  readonly url: string;
  readonly configuration: Uint8Array;
  /** Undefined if the module could not be fetched. */
  readonly module?: Pick<FetchedModule, "digest" | "from"> & { readonly size: number };
}

/** The result of applying manifests. */
export interface Application {
  readonly chain: readonly ChainPluginOptions[];
  /** One for each plugin of the chain. */
  readonly plugins: readonly AppliedPlugin[];
  readonly leftOut: readonly LeftOut[];
}

const POLICIES = { FAIL_CLOSE: "close", FAIL_OPEN: "open", FAIL_RELOAD: "reload" } as const;

/** A plugin that manifests define. */
interface Wanted {
  readonly extension: Extension;
  readonly name: string;
  /** What its module depends on. */
  readonly key: string;
  /** Its key without the state of its file. */
  readonly resource: string;
  readonly secret: PullSecret | undefined;
}

interface Built {
  readonly key: string;
  /** Its key without the state of its file. */
  readonly resource: string;
  readonly options: ChainPluginOptions;
  readonly plugin: AppliedPlugin;
}

interface Fetching {
  readonly key: string;
  readonly done: Promise<void>;
  readonly giveUp: AbortController;
}

/** How long all modules together are waited for before the rest of the chain goes on without those that are late, in milliseconds. */
const PATIENCE = 3000;

/** What applies manifests, and who is told. */
export interface ApplierOptions extends ModulePlaces {
  /** How long all modules together are waited for, in milliseconds. */
  readonly patience?: number | undefined;
  /** Called when a module that was late has come, or could not be fetched. */
  readonly changed?: ((application: Application) => void) | undefined;
}

/**
 * Turns manifests into a chain. A module is fetched again only if its resource has changed, and each on its own: one that is late holds up
 * nothing else, and a newer resource takes the place of a fetch that is under way.
 */
export class Applier {
  readonly #workload: Workload;
  readonly #options: ApplierOptions;
  readonly #fetcher: ModuleFetcher;
  #wanted: readonly Wanted[] = [];
  #leftOut: readonly LeftOut[] = [];
  readonly #built = new Map<string, Built>();
  readonly #fetching = new Map<string, Fetching>();
  /** The state of each module with a file:// URL when it was last read, by its path. */
  #files = new Map<string, string>();
  #warned = new Set<string>();
  #waiting = 0;

  constructor(workload: Workload, options: ApplierOptions) {
    this.#workload = workload;
    this.#options = options;
    this.#fetcher = new ModuleFetcher(options);
  }

  /** The paths of the modules with a file:// URL. */
  get files(): readonly string[] {
    return [...this.#files.keys()];
  }

  /** Whether one of {@link files} is no longer as it was read. */
  haveFilesChanged(): boolean {
    return [...this.#files].some(([path, state]) => fileState(path) !== state);
  }

  /**
   * Reads manifests and fetches the modules of those that are for the workload.
   *
   * @returns the chain once all modules are there or {@link ApplierOptions.patience} is over; `changed` says what comes later. In place of a
   *   module that is late stays the plugin of the same name, if there is one.
   * @throws Failure if a manifest is invalid; a module that could not be fetched does not throw, its place in the chain says what happens to requests
   */
  async apply(files: readonly ManifestFile[]): Promise<Application> {
    const manifests = readManifestFiles(files);
    for (const warning of manifests.warnings) if (!this.#warned.has(warning)) this.#options.warn?.(warning);
    this.#warned = new Set(manifests.warnings);
    const { chain, leftOut } = planFor(manifests, this.#workload);
    const paths = chain.flatMap(({ module }) => filePathOf(module.url) ?? []);
    this.#files = new Map(paths.map((path) => [path, fileState(path)]));
    this.#wanted = chain.map((extension) => this.#want(extension, manifests));
    this.#leftOut = leftOut;
    this.#forget();
    for (const wanted of this.#wanted) this.#start(wanted);
    const { patience = PATIENCE } = this.#options;
    const over = new AbortController();
    this.#waiting++;
    const all = Promise.all([...this.#fetching.values()].map(({ done }) => done));
    await Promise.race([all, setTimeout(patience, undefined, { signal: over.signal }).catch(() => {})]);
    over.abort();
    this.#waiting--;
    for (const { name, extension } of this.#wanted) {
      const stays = this.#built.has(name) && this.#fetching.has(name);
      if (stays)
        this.#options.warn?.(`${name}: ${extension.module.url}: still being fetched; the plugin stays as it was`);
    }
    return this.#application();
  }

  /** Gives up what is being fetched. */
  close(): void {
    this.#wanted = [];
    this.#forget();
  }

  #want(extension: Extension, manifests: Manifests): Wanted {
    const secret = this.#secretOf(extension, manifests);
    const path = filePathOf(extension.module.url);
    const resource = JSON.stringify([extension.module, secret]);
    const key = JSON.stringify([resource, path !== undefined && this.#files.get(path)]);
    return { extension, name: pluginName(extension), key, resource, secret };
  }

  /** Forgets what no manifest defines any more; what failed is tried again. */
  #forget(): void {
    const keys = new Map(this.#wanted.map(({ name, key }) => [name, key]));
    for (const [name, { key, giveUp }] of this.#fetching) {
      if (keys.get(name) === key) continue;
      this.#fetching.delete(name);
      giveUp.abort();
    }
    for (const [name, { options }] of this.#built) {
      if (!keys.has(name) || "unavailable" in options) this.#built.delete(name);
    }
  }

  #start(wanted: Wanted): void {
    const { name, key } = wanted;
    if (this.#built.get(name)?.key === key || this.#fetching.has(name)) return;
    const giveUp = new AbortController();
    const done = this.#build(wanted, giveUp.signal).then((built) => {
      // A newer manifest may have taken its place.
      if (this.#fetching.get(name)?.giveUp !== giveUp) return;
      this.#fetching.delete(name);
      this.#built.set(name, built);
      if (this.#waiting === 0) this.#options.changed?.(this.#application());
    });
    this.#fetching.set(name, { key, done, giveUp });
  }

  #application(): Application {
    const built = this.#wanted.map((wanted) => {
      const { name, key, extension } = wanted;
      const known = this.#built.get(name) ?? this.#unavailable(wanted, `${extension.module.url}: still being fetched`);
      return known.key === key ? { ...known, plugin: { ...known.plugin, ...this.#plugin(wanted) } } : known;
    });
    const [chain, plugins] = [built.map(({ options }) => options), built.map(({ plugin }) => plugin)];
    return { chain, plugins, leftOut: this.#leftOut };
  }

  /** A plugin without its module. */
  #plugin({ extension, name }: Wanted): AppliedPlugin {
    const { placement, module } = extension;
    const { phase, priority } = placement;
    return {
      resource: labelOf(extension),
      name,
      ...(phase && phase !== "UNSPECIFIED_PHASE" && { phase }),
      ...(typeof priority === "number" && { priority }),
      url: module.url,
      configuration: pluginConfigBytes(module.pluginConfig),
    };
  }

  async #build(wanted: Wanted, signal: AbortSignal): Promise<Built> {
    const { extension, name, key, resource } = wanted;
    const { module } = extension;
    const plugin = this.#plugin(wanted);
    try {
      const { bytes, digest, from, sourceMap } = await this.#fetch(wanted, signal);
      const options = {
        name,
        module: bytes,
        rootId: module.pluginName ?? "",
        configuration: plugin.configuration,
        environment: environmentOf(module),
        failPolicy: POLICIES[module.failStrategy ?? "FAIL_CLOSE"],
        source: module.url,
        sourceMap,
        imageDigest: from === "web" ? undefined : digest,
        phase: plugin.phase,
      };
      return {
        key,
        resource,
        options,
        plugin: { ...plugin, module: { ...(digest && { digest }), from, size: bytes.length } },
      };
    } catch (error) {
      const previous = this.#built.get(name);
      // A running Envoy does not miss a file that it has read.
      if (previous && filePathOf(module.url) !== undefined && previous.resource === resource) {
        this.#options.warn?.(`${oneLine(error)}; the module that was loaded stays in effect`);
        return previous;
      }
      return this.#unavailable(wanted, oneLine(error));
    }
  }

  #unavailable(wanted: Wanted, unavailable: string): Built {
    const { name, key, resource, extension } = wanted;
    const { url, failStrategy } = extension.module;
    const closed = failStrategy === "FAIL_OPEN" ? ("pass" as const) : ("deny" as const);
    const requests = filePathOf(url) !== undefined ? ("refuse" as const) : closed;
    return { key, resource, options: { name, unavailable, requests }, plugin: this.#plugin(wanted) };
  }

  async #fetch({ extension, secret }: Wanted, signal: AbortSignal): Promise<FetchedModule> {
    const { namespace, module } = extension;
    if (module.imagePullSecret && !secret && moduleSource(module.url).scheme === "oci") {
      const what = `Secret ${namespace}/${module.imagePullSecret} of type kubernetes.io/dockerconfigjson`;
      throw new Failure(`${module.url}: imagePullSecret: no ${what} among the manifests; give its file with -f`);
    }
    return this.#fetcher.fetch(module, secret, signal);
  }

  #secretOf({ namespace, module }: Extension, { pullSecrets }: Manifests): PullSecret | undefined {
    return pullSecrets.find(
      ({ metadata }) =>
        metadata.name === module.imagePullSecret && (metadata.namespace ?? this.#workload.namespace) === namespace,
    );
  }
}

/** What a file holds, as a digest, or why it cannot be read. */
function fileState(path: string): string {
  try {
    return createHash("sha256").update(readFileSync(path)).digest("hex");
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}
