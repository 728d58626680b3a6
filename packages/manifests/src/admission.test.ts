import { createHash } from "node:crypto";
import { oneLine } from "@wasm-header-filter/cli";
import { verdicts } from "@wasm-header-filter/readers";
import { expect, test } from "vitest";
import { ENVOY_FILTERS } from "./fixtures/envoy-filter-forms.ts";
import { EXTENSIONS } from "./fixtures/extension-forms.ts";
import { readManifests } from "./read.ts";

interface Verdict {
  readonly server?: string;
  readonly webhook?: string;
}

/** What a cluster refuses though we take it: the configuration that a patch writes, which Istio reads with Envoy's own types. */
const THEIRS = [/^Envoy filter: (json|can't unmarshal Any|Any JSON)/, /^referenced type unknown/];

/** What we refuse though a cluster takes it: Istio can't fetch the module then, or discards the plugin. */
const OURS = [/spec(\.wasm)?\.url /, /sha256 is not the digest in the url/];

function refusalOf(resource: object): string | undefined {
  try {
    readManifests(JSON.stringify(resource), "resource");
    return undefined;
  } catch (error) {
    return oneLine(error);
  }
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16);

test("a resource is what an API server with Istio takes", async () => {
  const forms = new Map(
    [...EXTENSIONS, ...ENVOY_FILTERS].map((resource) => [digest(JSON.stringify(resource)), resource]),
  );
  const asked = [...forms].map(([name, input]) => ({ name, input }));
  const said = await verdicts<Verdict>("admission", asked, new URL("./admission.record.json", import.meta.url));
  const differ = asked.flatMap(({ name, input }) => {
    const { server, webhook } = said.get(name) ?? {};
    const theirs = server ?? webhook;
    const ours = refusalOf(input);
    if ((ours !== undefined) === (theirs !== undefined)) return [];
    if (THEIRS.some((known) => known.test(theirs ?? ""))) return [];
    return OURS.some((known) => known.test(ours ?? ""))
      ? []
      : [{ input: JSON.stringify(input).slice(80), ours, theirs }];
  });
  expect(differ).toEqual([]);
  expect(asked.length).toBeGreaterThan(1000);
});
