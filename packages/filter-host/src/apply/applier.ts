import { Failure, oneLine } from "@wasm-header-filter/cli";
import {
  type ManifestFile,
  type Manifests,
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

interface Built {
  readonly key: string;
  readonly options: ChainPluginOptions;
  readonly plugin: AppliedPlugin;
}

/** Turns manifests into a chain; a module is fetched again only if its resource has changed. */
export class Applier {
  readonly #workload: Workload;
  readonly #fetcher: ModuleFetcher;
  #built = new Map<string, Built>();

  constructor(workload: Workload, places: ModulePlaces) {
    this.#workload = workload;
    this.#fetcher = new ModuleFetcher(places);
  }

  /**
   * Reads manifests and fetches the modules of those that are for the workload.
   *
   * @throws Failure if a manifest is invalid; a module that could not be fetched does not throw, its place in the chain says what happens to requests
   */
  async apply(files: readonly ManifestFile[]): Promise<Application> {
    const manifests = readManifestFiles(files);
    const { chain, leftOut } = planFor(manifests, this.#workload);
    const built = await Promise.all(chain.map((extension) => this.#build(extension, manifests)));
    const good = built.filter(({ options }) => !("unavailable" in options));
    this.#built = new Map(good.map((one) => [one.plugin.name, one]));
    return { chain: built.map(({ options }) => options), plugins: built.map(({ plugin }) => plugin), leftOut };
  }

  async #build(extension: Extension, manifests: Manifests): Promise<Built> {
    const { placement, module } = extension;
    const { phase, priority } = placement;
    const name = pluginName(extension);
    const secret = this.#secretOf(extension, manifests);
    const key = JSON.stringify([module, secret]);
    const configuration = pluginConfigBytes(module.pluginConfig);
    const plugin = {
      resource: labelOf(extension),
      name,
      ...(phase && phase !== "UNSPECIFIED_PHASE" && { phase }),
      ...(typeof priority === "number" && { priority }),
      url: module.url,
      configuration,
    };
    const previous = this.#built.get(name);
    if (previous?.key === key) return { key, options: previous.options, plugin: { ...previous.plugin, ...plugin } };
    try {
      const { bytes, digest, from } = await this.#fetch(extension, secret);
      const options = {
        name,
        module: bytes,
        rootId: module.pluginName ?? "",
        configuration,
        environment: environmentOf(module),
        failPolicy: POLICIES[module.failStrategy ?? "FAIL_CLOSE"],
        source: module.url,
        imageDigest: from === "web" ? undefined : digest,
        phase: plugin.phase,
      };
      return { key, options, plugin: { ...plugin, module: { ...(digest && { digest }), from, size: bytes.length } } };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const requests = module.url.startsWith("file:")
        ? ("refuse" as const)
        : module.failStrategy === "FAIL_OPEN"
          ? ("pass" as const)
          : ("deny" as const);
      return { key, options: { name, unavailable: oneLine(error), requests }, plugin };
    }
  }

  #fetch({ namespace, module }: Extension, secret: PullSecret | undefined): Promise<FetchedModule> {
    if (module.imagePullSecret && !secret && module.url.startsWith("oci:")) {
      const what = `Secret ${namespace}/${module.imagePullSecret} of type kubernetes.io/dockerconfigjson`;
      throw new Failure(`${module.url}: imagePullSecret: no ${what} among the manifests; give its file with -f`);
    }
    return this.#fetcher.fetch(module, secret);
  }

  #secretOf({ namespace, module }: Extension, { pullSecrets }: Manifests): PullSecret | undefined {
    return pullSecrets.find(
      ({ metadata }) =>
        metadata.name === module.imagePullSecret && (metadata.namespace ?? this.#workload.namespace) === namespace,
    );
  }
}
