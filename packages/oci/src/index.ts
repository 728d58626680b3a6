export { gunzip } from "./archive/gunzip.ts";
export { readTar } from "./archive/tar.ts";
export { type Archive, TarError } from "./archive/tar-source.ts";
export { attach, type Evidence } from "./attest/attach.ts";
export { type Build, provenanceClaim, sbomClaim, type TestRun, testResultClaim } from "./attest/claims.ts";
export { readPublicKey, readSigner, type Signer } from "./attest/keys.ts";
export type { Claim, Statement } from "./attest/statement.ts";
export { verifyImage } from "./attest/verify.ts";
export {
  addConnectionOptions,
  addRegistryOptions,
  type ConnectionOptions,
  registryOptions,
} from "./commands/connection.ts";
export { withProgress } from "./commands/progress.ts";
export { type Digest, digestOf, hexOf, isDigest } from "./digest.ts";
export { extractModule, formatOf, isModule, moduleOf } from "./extract.ts";
export { createImage, FORMATS, type Format, type ImageInput } from "./formats.ts";
export type { Descriptor, Image, Manifest } from "./image.ts";
export { MODULE_LIMIT } from "./layer.ts";
export {
  layoutNamed,
  openLayout,
  readLayout,
  readModule,
  readSourceMap,
  selectImage,
  type TaggedImage,
  writeLayout,
} from "./layout.ts";
export { MEDIA_TYPES } from "./mediatypes.ts";
export { readModuleSource } from "./module-source.ts";
export { type PackModuleOptions, type PackOptions, pack, packModule } from "./pack.ts";
export { place } from "./place.ts";
export { CONTRACT_VERSION, type PackedModule, type Plugin, readPlugin } from "./plugin.ts";
export { type Extraction, type ImageReading, isRawModule, PLATFORM, readImage } from "./reading/image.ts";
export { isModuleEntry, type LayerReading, readLayer } from "./reading/layer.ts";
export type { ReadManifest } from "./reading/manifest.ts";
export { formatReference, isTag, parseReference, type Reference, repositoryOption } from "./reference.ts";
export { secretFault } from "./registry/docker-config.ts";
export { isLoopback } from "./registry/endpoint.ts";
export { RegistryError } from "./registry/error.ts";
export type { StoredManifest } from "./registry/manifests.ts";
export type { Credentials, DockerConfig, Progress, RegistryOptions } from "./registry/options.ts";
export { openRepository, type PushOptions, type Repository } from "./registry/repository.ts";
export { createSbom, type Ingredients } from "./sbom/bom.ts";
export { revisionOf, sourceOf } from "./source.ts";
export { sourceMapOf } from "./source-map.ts";
export type { ImageStore } from "./store.ts";
export { bytes } from "./units.ts";
export { findRoot, findVariants, imageTag, readVariant, type Variant } from "./variant.ts";
export { abiVersion } from "./wasm.ts";
