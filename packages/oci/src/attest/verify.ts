import type { KeyObject } from "node:crypto";
import { Failure, oneLine } from "@wasm-header-filter/cli";
import { hexOf } from "../digest.ts";
import type { Descriptor } from "../image.ts";
import type { Repository } from "../registry/repository.ts";
import { verifyBundle } from "./bundle.ts";
import { unseal } from "./dsse.ts";
import { findSigned } from "./found.ts";
import { isGenuine } from "./signature.ts";
import { COSIGN_SIGN, IN_TOTO, type Statement, statementAbout } from "./statement.ts";

/** How many reasons an error has at most. */
const MOST_REASONS = 3;

/**
 * Verifies that a key has signed an image, as `cosign verify --key --insecure-ignore-tlog` does: in a Sigstore bundle (any statement about
 * the image, as for cosign 3), or as cosign 2 did. One signature of the key is enough, whatever others have added.
 *
 * @param where the image's name, for errors
 * @returns the other statements about it that the key has signed
 * @throws Failure if there is no signature, or none of them is the key's over this image's digest
 */
export async function verifyImage(
  repository: Repository,
  image: Descriptor,
  key: KeyObject,
  where: string,
): Promise<Statement[]> {
  const { bundles, signatures, envelopes, unreadable } = await findSigned(repository, image);
  const reasons = [...unreadable];
  const said: Statement[] = [];
  for (const { bytes, manifest } of bundles) {
    try {
      said.push(verifyBundle(bytes, hexOf(image.digest), key, `bundle ${manifest.digest}`));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      reasons.push(oneLine(error));
    }
  }
  const signed = said.length > 0 || signatures.some((layer) => isGenuine(layer, image, key));
  if (!signed) throw refusal(where, bundles.length + signatures.length, reasons);
  for (const { bytes } of envelopes) {
    const payload = unseal(IN_TOTO, bytes, key);
    const statement = payload && statementAbout(payload, image);
    if (statement) said.push(statement);
  }
  return unique(said.filter(({ predicateType }) => predicateType !== COSIGN_SIGN));
}

function refusal(where: string, found: number, reasons: readonly string[]): Failure {
  const shown = reasons.slice(0, MOST_REASONS).join("; ");
  const why = shown && ` (${shown}${reasons.length > MOST_REASONS ? "; and more" : ""})`;
  if (found === 0) return new Failure(`${where}: not signed, there is no signature of it in this repository${why}`);
  const others = found === 1 ? "its signature is not" : `none of its ${found} signatures is`;
  return new Failure(`${where}: ${others} this key's over this image; do not run it${why}`);
}

/** Without those that say the same: a statement may be in a referrer and under a tag. */
function unique(said: readonly Statement[]): Statement[] {
  return [...new Map(said.map((one) => [JSON.stringify(one), one])).values()];
}
