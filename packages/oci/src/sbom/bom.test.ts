import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { expect, test } from "vitest";
import { digestOf } from "../digest.ts";
import { MEDIA_TYPES } from "../mediatypes.ts";
import { findRoot, findVariants, imageTag } from "../variant.ts";
import { createSbom } from "./bom.ts";

const root = findRoot(import.meta.dirname);
const descriptor = { mediaType: MEDIA_TYPES.manifest, digest: digestOf(new Uint8Array(1)), size: 1 };

test.each(findVariants(root))(
  "the SBOM of $variant is valid CycloneDX and names what is in the module",
  async (variant) => {
    const tag = imageTag(variant.version, variant.variant);
    const image = { descriptor, repository: "registry.example/team/filter", tag };
    const sbom = createSbom(root, variant, image) as {
      components: Record<string, string>[];
    };
    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
    expect(await validator.validate(JSON.stringify(sbom))).toBeNull();
    const inside = sbom.components.filter(({ scope }) => scope === "required").map(({ name }) => name);
    expect(inside).toEqual(expect.arrayContaining([...variant.contents]));
    const tools = sbom.components.map(({ name }) => name);
    expect(tools).toEqual(expect.arrayContaining([...variant.toolchain]));
    if (variant.crates) expect(inside).toContain("rquickjs");
    expect(JSON.stringify(createSbom(root, variant, image))).toBe(JSON.stringify(sbom));
  },
);
