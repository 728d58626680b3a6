import type { KeyObject } from "node:crypto";
import { Failure } from "@wasm-header-filter/cli";
import type { Descriptor } from "../image.ts";
import type { Repository } from "../registry/repository.ts";
import { envelopes } from "./attach.ts";
import { unseal } from "./dsse.ts";
import { isImageSigned } from "./signature.ts";
import { IN_TOTO, isAbout, type Statement } from "./statement.ts";

/**
 * Verifies that a key has signed an image, as `cosign verify --key` does without a transparency log.
 *
 * @param where the image's name, for errors
 * @returns the statements about it that the key has signed as well
 * @throws Failure if there is no signature, or none of them is the key's over this image's digest
 */
export async function verifyImage(
  repository: Repository,
  image: Descriptor,
  key: KeyObject,
  where: string,
): Promise<Statement[]> {
  const { genuine, found } = await isImageSigned(repository, image, key);
  if (found === 0) throw new Failure(`${where}: not signed, there is no signature of it in this repository`);
  if (!genuine) {
    const others = found === 1 ? "its signature is not" : `none of its ${found} signatures is`;
    throw new Failure(`${where}: ${others} this key's over this image; do not run it`);
  }
  return (await envelopes(repository, image))
    .map(({ bytes }) => unseal(IN_TOTO, bytes, key))
    .filter((payload) => payload !== undefined)
    .map((payload): unknown => JSON.parse(new TextDecoder().decode(payload)))
    .filter((said) => isAbout(said, image));
}
