import { Failure } from "@wasm-header-filter/cli";
import {
  type Descriptor,
  type Digest,
  digestOf,
  extractModule,
  formatReference,
  MEDIA_TYPES,
  openRepository,
  type Reference,
  type RegistryOptions,
} from "@wasm-header-filter/oci";

/**
 * The digest of an image's manifest in the registry.
 *
 * @param image with its tag
 * @throws RegistryError if the registry can't be asked; Failure if it has no such image, or an index
 */
export async function registryDigest(image: Reference, options: RegistryOptions): Promise<Digest> {
  const found = await openRepository(image, options).resolve(image.tag ?? "latest");
  const name = formatReference(image);
  if (!found) throw new Failure(`${name}: the registry has no such image; push it first`);
  refuseIndex(found, name);
  return found.digest;
}

/**
 * Checks a digest that the user gave against the image that the registry has.
 *
 * @param given the digest in `sha256`
 * @param image with its tag
 * @throws Failure that names what it is the digest of, if it is not that of the manifest
 */
export async function checkAgainstRegistry(given: Digest, image: Reference, options: RegistryOptions): Promise<void> {
  const repository = openRepository(image, options);
  const name = formatReference(image);
  const stored = await repository.resolve(given);
  if (stored) return refuseIndex(stored, name);
  const found = await repository.resolve(image.tag ?? "latest");
  if (!found) throw new Failure(`${name}: the registry has no image of this digest or tag; push it first`);
  refuseIndex(found, name);
  const module = digestOf(await extractModule(await repository.pull(found.digest), name));
  refuseModuleDigest(given, module, found.digest);
  throw new Failure(`sha256 ${given}: the registry has no such manifest; ${name} is ${found.digest}`);
}

/**
 * Refuses the digest of a wasm file in place of that of the image's manifest.
 *
 * @param module the digest of the wasm file in the image
 * @param manifest that of its manifest
 */
export function refuseModuleDigest(given: Digest, module: Digest, manifest: Digest): void {
  if (given !== module) return;
  throw new Failure(
    `sha256 ${given}: this is the digest of the wasm file, but Istio expects that of the image manifest, ${manifest}`,
  );
}

function refuseIndex({ mediaType, digest }: Descriptor, name: string): void {
  if (mediaType !== MEDIA_TYPES.index && mediaType !== MEDIA_TYPES.dockerList) return;
  throw new Failure(
    `${name}: ${digest} is an image index, and Istio's pull of a pinned index fails; push a plain manifest`,
  );
}
