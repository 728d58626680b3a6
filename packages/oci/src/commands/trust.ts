import { Failure, palette, readInput } from "@wasm-header-filter/cli";
import { type Command, Option } from "commander";
import { putArtifact } from "../attest/artifact.ts";
import { readPublicKey, readSigner } from "../attest/keys.ts";
import { SIGNATURE_FORMATS, signImage } from "../attest/sign.ts";
import { PREDICATE_TYPES, type Statement } from "../attest/statement.ts";
import { verifyImage } from "../attest/verify.ts";
import type { Descriptor } from "../image.ts";
import { formatReference, imageArgument, type Reference } from "../reference.ts";
import { openRepository, type Repository } from "../registry/repository.ts";
import { bytes } from "../units.ts";
import { addRegistryOptions, type ConnectionOptions, registryOptions } from "./connection.ts";
import { nameOf } from "./pull.ts";

const IMAGE_ARGUMENT = ["<image>", "REGISTRY/NAME[:TAG][@DIGEST]", imageArgument] as const;

/** The largest file that `attach` takes, in bytes. */
const FILE_LIMIT = 16 * 1024 * 1024;

/** Adds the commands for signatures and attestations. */
export function addTrustCommands(oci: Command): void {
  addRegistryOptions(
    oci
      .command("sign")
      .description(
        "Sign an image as cosign does, with a key of your own (ECDSA P-256, its password in COSIGN_PASSWORD).",
      )
      .argument(...IMAGE_ARGUMENT)
      .requiredOption("--key <file>", "the private key, in PEM")
      .addOption(
        new Option("--format <format>", "a Sigstore bundle as cosign 3 writes it, or the tag that cosign 2 reads")
          .choices(SIGNATURE_FORMATS)
          .default("bundle"),
      ),
  ).action(async (reference, { key, format, ...options }) => {
    const signer = readSigner(key, process.env.COSIGN_PASSWORD);
    const { repository, descriptor, name } = await find(reference, options);
    const added = await signImage(repository, name, descriptor, signer, format);
    console.log(`${added ? "signed" : "already signed"} ${name}@${descriptor.digest}`);
  });

  addRegistryOptions(
    oci
      .command("verify")
      .description("Verify that a key has signed an image, and list the statements that it has signed.")
      .argument(...IMAGE_ARGUMENT)
      .requiredOption("--key <file>", "the public key, in PEM")
      .addOption(
        new Option("--type <type...>", "fail unless there is a signed statement of this type")
          .choices(Object.keys(PREDICATE_TYPES))
          .default([]),
      )
      .option("--json", "as JSON: the statements"),
  ).action(async (reference, { key, type, json, ...options }) => {
    const publicKey = readPublicKey(key);
    const { repository, descriptor, name } = await find(reference, options);
    const where = `${name}@${descriptor.digest}`;
    const said = await verifyImage(repository, descriptor, publicKey, where);
    for (const wanted of type as (keyof typeof PREDICATE_TYPES)[]) {
      if (said.some(({ predicateType }) => predicateType === PREDICATE_TYPES[wanted])) continue;
      throw new Failure(`${where}: signed, but this key has signed no ${wanted} (${PREDICATE_TYPES[wanted]}) for it`);
    }
    if (json) return console.log(JSON.stringify({ image: where, statements: said }, null, 2));
    const { green, dim } = palette(process.stdout);
    console.log(`${green("✓")} ${where} is signed by this key`);
    for (const statement of said) console.log(`${green("✓")} ${summary(statement)} ${dim(statement.predicateType)}`);
  });

  addRegistryOptions(
    oci
      .command("attach")
      .description("Attach a file to an image, as its referrer: an SBOM, a report, a licence.")
      .argument(...IMAGE_ARGUMENT)
      .argument("<file>", "what to attach")
      .requiredOption("--type <type>", "its media type, such as application/vnd.cyclonedx+json"),
  ).action(async (reference, file, { type, ...options }) => {
    const content = readInput(file, "file", FILE_LIMIT);
    const { repository, descriptor } = await find(reference, options);
    const layers = [{ mediaType: type, bytes: content }];
    const { digest } = await putArtifact(repository, { artifactType: type, subject: descriptor, layers });
    console.log(digest);
  });

  addRegistryOptions(
    oci
      .command("referrers")
      .description("List what is attached to an image: SBOMs, attestations, signatures.")
      .argument(...IMAGE_ARGUMENT)
      .option("--type <type>", "of this artifact type only")
      .option("--json", "as JSON"),
  ).action(async (reference, { type, json, ...options }) => {
    const { repository, descriptor } = await find(reference, options);
    const found = await repository.referrers(descriptor.digest, type);
    if (json) return console.log(JSON.stringify(found, null, 2));
    for (const { artifactType = "", digest, size, annotations } of found) {
      console.log(
        [
          digest,
          artifactType,
          annotations?.predicateType ?? annotations?.["dev.sigstore.bundle.predicateType"] ?? "",
          bytes(size),
        ]
          .filter(Boolean)
          .join("  "),
      );
    }
  });
}

async function find(
  reference: Reference,
  options: ConnectionOptions,
): Promise<{ repository: Repository; descriptor: Descriptor; name: string }> {
  const repository = openRepository(reference, await registryOptions(options));
  const descriptor = await repository.resolve(nameOf(reference));
  if (!descriptor) throw new Failure(`${formatReference(reference)}: no such image in this registry`);
  const { registry, repository: path } = reference;
  return { repository, descriptor, name: formatReference({ ...(registry && { registry }), repository: path }) };
}

/** A one-line summary of a statement. */
function summary({ predicateType, predicate }: Statement): string {
  switch (predicateType) {
    case PREDICATE_TYPES.sbom:
      return `SBOM of ${(predicate as { components?: unknown[] }).components?.length ?? 0} components`;
    case PREDICATE_TYPES.provenance: {
      const { builder } = (predicate as { runDetails: { builder: { id: string } } }).runDetails;
      return `built by ${builder.id}`;
    }
    case PREDICATE_TYPES["test-result"]: {
      const { result, passedTests } = predicate as { result: string; passedTests: unknown[] };
      return `conformance ${result}, ${passedTests.length} tests`;
    }
    default:
      return "statement";
  }
}
