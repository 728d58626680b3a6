import { Failure } from "@wasm-header-filter/cli";
import { unless } from "@wasm-header-filter/cli/testing";
import { FUZZ_SECONDS, fuzzReader, goMissing } from "@wasm-header-filter/readers";
import { describe, expect, test } from "vitest";
import { parseDocuments } from "../src/documents.ts";
import { faultsOf } from "../src/fixtures/metadata-forms.ts";
import { randomMetadata, randomYaml } from "../src/fixtures/random-manifests.ts";
import { readFirst, saidOf, type YamlVerdict } from "../src/fixtures/read-yaml.ts";
import { readManifests } from "../src/read.ts";

const LIMIT = { timeout: (FUZZ_SECONDS + 300) * 1_000 };

/** @throws what is no Failure of one line */
function read(text: string): void {
  try {
    readManifests(text, "x");
  } catch (error) {
    if (!(error instanceof Failure) || error.message.includes("\n")) throw error;
  }
}

/**
 * What is refused here and not there: control characters behind the first document, which Kubernetes doesn't always see; two byte order marks;
 * keys of several types that are one in JSON, of which Kubernetes keeps one by chance.
 */
const isKnown = (text: string, ours: string): boolean =>
  ours === "refused" &&
  (UNPRINTABLE.test(text.slice(256)) || text.startsWith("\ufeff\ufeff") || /^x:.* are both "/.test(refusal(text)));
const UNPRINTABLE = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

function refusal(text: string): string {
  try {
    parseDocuments(text, "x");
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}

describe("random input", unless(goMissing), () => {
  test("YAML and manifests", LIMIT, async () => {
    const found = await fuzzReader<string, YamlVerdict>({
      reader: "yaml",
      name: "YAML and manifests",
      make: randomYaml,
      compare: (text, theirs) => {
        read(text);
        const ours = readFirst(text);
        return ours === saidOf(theirs) || isKnown(text, ours)
          ? undefined
          : `${ours}, Kubernetes: ${theirs.error ?? saidOf(theirs)}`;
      },
    });
    expect(found).toEqual([]);
  });

  test("metadata", LIMIT, async () => {
    const found = await fuzzReader<{ kind: string; metadata: object }, { readonly errors?: readonly string[] }>({
      reader: "metadata",
      name: "metadata",
      make: (random) => ({ kind: random.pick(["WasmPlugin", "Service"]), metadata: randomMetadata(random) }),
      compare: ({ kind, metadata }, { errors = [] }) => {
        const ours = faultsOf(kind, metadata);
        return ours.length > 0 === errors.length > 0
          ? undefined
          : `${JSON.stringify(ours)}, Kubernetes: ${JSON.stringify(errors)}`;
      },
    });
    expect(found).toEqual([]);
  });
});
