import { Failure, oneLine, readInput } from "@wasm-header-filter/cli";
import {
  download,
  FETCH_LIMIT,
  IMAGE_RULES,
  LAYER_RULES,
  type Pin,
  readImageSubject,
} from "@wasm-header-filter/doctor";
import {
  dockerConfig,
  type ExtensionModule,
  filePathOf,
  moduleSource,
  type PullSecret,
} from "@wasm-header-filter/manifests";
import {
  type Digest,
  type ImageStore,
  isModule,
  MODULE_LIMIT,
  openLayout,
  openRepository,
  type Reference,
  RegistryError,
  type RegistryOptions,
  sourceMapOf,
} from "@wasm-header-filter/oci";
import { mapBeside } from "@wasm-header-filter/source-maps";
import { examine } from "proxy-wasm-host";
import type { ModuleCache } from "./module-cache.ts";

/** A module, and where it comes from. */
export interface FetchedModule {
  readonly bytes: Uint8Array;
  /** The digest of the image's manifest, or of the downloaded bytes. */
  readonly digest?: Digest;
  /** The source map beside a file or a layout. */
  readonly sourceMap?: Uint8Array | undefined;
  readonly from: "registry" | "layout" | "cache" | "web" | "file";
}

/** Where modules are fetched from. */
export interface ModulePlaces {
  /** OCI layouts that are searched for images before their registries. */
  readonly layouts?: readonly string[] | undefined;
  readonly cache?: ModuleCache | undefined;
  readonly registry?: RegistryOptions | undefined;
  /** How long fetching a module may take in all, in milliseconds; by default as long as in Istio. */
  readonly timeLimit?: number | undefined;
  /** Called with warnings. */
  readonly warn?: ((text: string) => void) | undefined;
}

/** Istio makes three attempts (go-containerregistry pkg/v1/remote/options.go, defaultRetryBackoff). */
const ATTEMPTS = 3;

/** Fetches modules as Istio's agent does (istio pkg/wasm/cache.go). */
export class ModuleFetcher {
  readonly #places: ModulePlaces;
  /** The digest that each tag had when it was last pulled. */
  readonly #tags = new Map<string, Digest>();

  constructor(places: ModulePlaces) {
    this.#places = places;
  }

  /**
   * Fetches a plugin's module.
   *
   * @param secret what its `imagePullSecret` names
   * @param signal gives it up
   * @throws Failure if it could not be fetched in time, its digest differs from the pinned one, or it is not a module
   */
  async fetch(module: ExtensionModule, secret?: PullSecret, signal?: AbortSignal): Promise<FetchedModule> {
    const { timeLimit = FETCH_LIMIT } = this.#places;
    const inTime = AbortSignal.timeout(timeLimit);
    const either = signal ? AbortSignal.any([signal, inTime]) : inTime;
    try {
      return await this.#fetch(module, secret, either);
    } catch (error) {
      if (!inTime.aborted) throw error;
      throw new Failure(`${module.url}: not fetched within ${timeLimit / 1000} s, which is all that Istio waits`);
    }
  }

  async #fetch(module: ExtensionModule, secret: PullSecret | undefined, signal: AbortSignal): Promise<FetchedModule> {
    const source = moduleSource(module.url);
    const path = filePathOf(module.url);
    const fetched =
      source.scheme === "oci"
        ? await this.#image(source.reference, module, secret, signal)
        : path !== undefined
          ? { bytes: readInput(path, "module", MODULE_LIMIT), sourceMap: mapBeside(path), from: "file" as const }
          : await this.#download(source.url.href, module, signal);
    // Envoy itself checks a file.
    if (fetched.from !== "file" && !isModule(fetched.bytes))
      throw new Failure(`${module.url}: not a WebAssembly module`);
    return fetched;
  }

  async #image(
    reference: Reference,
    module: ExtensionModule,
    secret: PullSecret | undefined,
    signal: AbortSignal,
  ): Promise<FetchedModule> {
    const { url, sha256 } = module;
    const pins: Pin[] = [
      ...(reference.digest ? [{ digest: reference.digest, by: "its url" }] : []),
      ...(sha256 ? [{ digest: `sha256:${sha256}` as Digest, by: "its sha256" }] : []),
    ];
    const name = reference.digest ?? reference.tag ?? "latest";
    const layout = await this.#layoutOf(name);
    if (layout) return { ...(await readImage(layout, name, pins, url)), from: "layout" };
    const digest = pins[0]?.digest ?? (mayReuse(module) ? this.#tags.get(url) : undefined);
    const cached = digest && this.#places.cache?.read(digest);
    if (cached) return { bytes: cached, digest, from: "cache" };
    const repository = openRepository(reference, {
      attempts: ATTEMPTS,
      handshake: true,
      refusedByIstio: (reason) => this.#places.warn?.(`${url}: in a cluster it would not run: ${reason}`),
      ...this.#places.registry,
      ...(secret && { dockerConfig: dockerConfig(secret) }),
      signal,
    });
    // A tag that still points at a cached image needs no pull; what a registry answers to HEAD does not matter to Istio.
    const asks = pins.length === 0 && this.#places.cache !== undefined;
    const pointed = asks ? await repository.resolve(name).catch(answered(url)) : undefined;
    const unchanged = pointed && this.#places.cache?.read(pointed.digest);
    if (pointed && unchanged) {
      this.#tags.set(url, pointed.digest);
      return { bytes: unchanged, digest: pointed.digest, from: "cache" };
    }
    const pulled = await readImage(repository, name, pins, url);
    this.#keep(pulled.digest, pulled.bytes);
    this.#tags.set(url, pulled.digest);
    return { ...pulled, from: "registry" };
  }

  async #layoutOf(name: string): Promise<ImageStore | undefined> {
    for (const dir of this.#places.layouts ?? []) {
      const layout = openLayout(dir);
      if (layout.tags.includes(name)) return layout;
      const there = name.startsWith("sha256:") && (await layout.manifest(name).catch(() => undefined));
      if (there) return layout;
    }
    return undefined;
  }

  async #download(url: string, { sha256 }: ExtensionModule, signal: AbortSignal): Promise<FetchedModule> {
    const wanted = sha256 ? (`sha256:${sha256}` as const) : undefined;
    const cached = wanted && this.#places.cache?.read(wanted);
    if (cached) return { bytes: cached, digest: wanted, from: "cache" };
    const downloaded = await download(url, { signal });
    if (downloaded.failure !== undefined) throw new Failure(`${url}: ${downloaded.failure}`);
    const { module: bytes, digest } = downloaded;
    if (wanted && digest !== wanted) {
      throw new Failure(`${url}: its bytes have the digest ${digest}, sha256 says ${wanted}`);
    }
    if (wanted) this.#keep(digest, bytes);
    return { bytes, digest, from: "web" };
  }

  #keep(digest: Digest, bytes: Uint8Array): void {
    try {
      this.#places.cache?.write(digest, bytes);
    } catch (error) {
      this.#places.warn?.(`${oneLine(error)}; the module is not cached`);
    }
  }
}

/** Whatever a registry answers is no reason to give up, as long as it answers. */
const answered = (where: string) => (cause: unknown) => {
  if (cause instanceof RegistryError && cause.status !== undefined) return undefined;
  throw new Failure(`${where}: could not be fetched`, { cause });
};

/**
 * Whether a pulled tag is used without looking it up again. By default only a tag that is spelled out as `latest` is looked up
 * (istio pkg/wasm/cache.go, shouldIgnoreResourceVersion).
 */
function mayReuse({ imagePullPolicy, url }: ExtensionModule): boolean {
  if (imagePullPolicy === "IfNotPresent") return true;
  return imagePullPolicy !== "Always" && !url.endsWith(":latest");
}

async function readImage(
  store: ImageStore,
  name: string,
  pins: readonly Pin[],
  where: string,
): Promise<{ bytes: Uint8Array; digest: Digest; sourceMap: Uint8Array | undefined }> {
  const subject = await readImageSubject(store, name, pins);
  const fault = [...examine(IMAGE_RULES, subject), ...examine(LAYER_RULES, subject)].find(
    ({ severity }) => severity === "error",
  );
  if (fault) throw new Failure(`${where}: ${fault.what}: ${fault.why}; ${fault.fix}`);
  const { module, image, manifest } = subject;
  if (!module || !image) throw new Failure(`${where}: holds no module`);
  return { bytes: module, digest: image.digest, sourceMap: sourceMapOf(store, manifest?.annotations) };
}
