import { Failure } from "@wasm-header-filter/cli";
import { verdicts } from "@wasm-header-filter/readers";
import { expect, test } from "vitest";
import { type Behaviour, LAYER, MANIFEST } from "../fixtures/registry-answers.ts";
import { BEHAVIOURS } from "../fixtures/registry-behaviours.ts";
import { startScript } from "../fixtures/scripted-registry.ts";
import { parseReference } from "../reference.ts";
import { openRepository } from "./repository.ts";

interface Verdict {
  readonly done: boolean;
  readonly error?: string;
  readonly leaked?: boolean;
}

const INPUTS = Object.entries(BEHAVIOURS).map(([name, behaviour]) => ({
  name,
  behaviour,
  input: { task: "pull", secret: "", limit: 0, other: [], manifest: MANIFEST, layer: LAYER, ...behaviour },
}));

/** What is different here, and why. */
const KNOWN: readonly { readonly name: RegExp; readonly why: string }[] = [
  {
    name: /^another scheme and Bearer in one line: /,
    why: "fetch joins the lines of a header, so that one line with two challenges is read as two lines, as RFC 9110 has it",
  },
  {
    name: /^challenge Bearer {2}realm = "http:\/\/HOST\/token": /,
    why: "RFC 9110 lets recipients take white space around the sign",
  },
  {
    name: /^a token server on another port of this machine: /,
    why: "a registry of a laboratory has it there; doctor and apply say that Istio refuses it",
  },
  {
    name: /^an identity token: POST gets 405: /,
    why: "servers that know GET alone say so with 405 too, and others then ask by GET; doctor and apply say that Istio fails",
  },
  { name: /^blob: cut off: /, why: "a download goes on where it broke; which connections break is up to the network" },
  {
    name: /^manifest's PUT: another digest: /,
    why: "a registry that says it has stored other bytes has not stored the image; Istio pushes nothing",
  },
  { name: /^upload's PUT: 204: /, why: "registries say 204 for a blob that they have stored; Istio pushes nothing" },
  {
    name: /^blob's HEAD: 403: /,
    why: "whoever may push need not be allowed to look; the upload says whether he may; Istio pushes nothing",
  },
];

async function ours({ task, secret, limit, registry, other = [] }: Behaviour): Promise<Verdict> {
  const script = await startScript({ manifest: MANIFEST, layer: LAYER, registry, other });
  const repository = openRepository(parseReference(`${script.host}/ns/f`), {
    handshake: true,
    attempts: 3,
    wait: async () => {},
    chunkSize: 4,
    dockerConfig: { text: secret === undefined ? "{}" : script.expand(secret), where: "Secret" },
    ...(limit && { signal: AbortSignal.timeout(limit) }),
  });
  try {
    if (task === "put-manifest")
      await repository.putManifest("t", Buffer.from(MANIFEST), "application/vnd.oci.image.manifest.v1+json");
    else if (task === "put-blob") await repository.putBlob(Buffer.from(LAYER));
    else {
      const { bytes } = await repository.manifest("t");
      // Whether it is an image, other tests ask.
      await repository.blob(JSON.parse(Buffer.from(bytes).toString()).layers[0]);
    }
    return { done: true, ...(script.leaked && { leaked: true }) };
  } catch (error) {
    if (error instanceof Failure) return { done: false, error: error.message, ...(script.leaked && { leaked: true }) };
    throw error;
  } finally {
    script.close();
  }
}

test("a registry is talked to as go-containerregistry does", async () => {
  const theirs = await verdicts<Verdict>("registry", INPUTS, new URL("./registry.record.json", import.meta.url));
  const differing: string[] = [];
  const all = await Promise.all(INPUTS.map(({ behaviour }) => ours(behaviour)));
  for (const [at, { name }] of INPUTS.entries()) {
    const [there, here] = [theirs.get(name), all[at]];
    if (there?.done === here?.done && there?.leaked === here?.leaked) continue;
    differing.push(`${name}: ${JSON.stringify(there)}, here ${JSON.stringify(here)}`);
  }
  expect(differing.filter((one) => !KNOWN.some(({ name }) => name.test(one)))).toEqual([]);
  expect(KNOWN.filter(({ name }) => !differing.some((one) => name.test(one)))).toEqual([]);
  expect(INPUTS.length).toBeGreaterThan(200);
});
