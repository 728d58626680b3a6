import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { oneLine } from "@wasm-header-filter/cli";
import { examineImage } from "@wasm-header-filter/doctor";
import { digestOf, hexOf, parseReference, readLayout } from "@wasm-header-filter/oci";
import type { Finding } from "proxy-wasm-host";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findSource } from "../../doctor/src/subjects/source.ts";
import { inspectSource } from "../../oci/src/commands/inspect.ts";
import { pull } from "../../oci/src/commands/pull.ts";
import { imageForms } from "../../oci/test/readers/image-forms.ts";
import { ModuleFetcher } from "../src/apply/fetch-module.ts";
import { KNOWN_DIFFERENCES, SAMPLE } from "./image-forms.ts";

const all = imageForms();
const forms = process.env.MODE === "all" ? all : all.filter(([name]) => SAMPLE.includes(name));
const options = { attempts: 1 };

const server = createServer(({ url = "", method }, response) => {
  if (url === "/v2/") return response.writeHead(200).end();
  const [, at, kind, name = ""] = /^\/v2\/form(\d+)\/(manifests|blobs)\/(.+)$/.exec(url) ?? [];
  const form = forms[Number(at)]?.[1];
  const manifest = kind === "manifests" ? form?.manifests[name] : undefined;
  const bytes = kind === "blobs" ? form?.blobs[name] : manifest?.bytes;
  if (bytes === undefined) return response.writeHead(404).end();
  const body = Buffer.from(bytes, "base64");
  response.writeHead(200, { "content-type": manifest?.type ?? "application/octet-stream" });
  return response.end(method === "HEAD" ? undefined : body);
});
const folder = mkdtempSync(join(tmpdir(), "image-forms-"));
beforeAll(() => once(server.listen(0, "127.0.0.1"), "listening"));
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

/** The digest of the module, or why there is none. */
type Verdict = { readonly sha256: string } | { readonly error: string };

const refusal = (error: unknown): Verdict => ({ error: oneLine(error) });

async function inspected(source: string): Promise<Verdict> {
  const [one] = await inspectSource(source, async () => options);
  return one?.module ?? { error: "no image" };
}

/** What doctor says of the image and of the first bytes of its module: nothing of what Envoy does with it. */
async function errorsOf(url: string): Promise<Finding[]> {
  const source = findSource(url, options);
  const [image] = source.kind === "images" ? source.images : [];
  if (!image) throw new Error(`${url}: no image`);
  const { findings } = await examineImage(image, { envoy: "1.40", requests: [] });
  return findings.filter(({ rule, severity }) => severity === "error" && /^(image-|module-format$)/.test(rule));
}

/** How `oci` words what a rule finds, where it does not quote Istio. */
const WORDS: Readonly<Record<string, RegExp>> = {
  "image-layers-none": /no layer that Istio reads, .*; got none$/,
  "image-artifact-layers": /no layer that Istio reads, /,
  "image-layer-type": /no layer that Istio reads, /,
  "image-index-platform": /an index without an image for linux\/amd64/,
  "module-format": /no WebAssembly module$/,
};

/** Whether `oci` gives the reason that doctor gives. */
function sameReason({ rule, what, why }: Finding, text: string): boolean {
  if (WORDS[rule]) return WORDS[rule].test(text);
  const quoted = /"(.*)"/.exec(why)?.[1] ?? "";
  if (quoted.startsWith("fetched Wasm binary")) return /no WebAssembly module$/.test(text);
  if (rule === "image-manifest" || rule === "image-blob")
    return text.includes(/: (?:it )?(.*)/.exec(what)?.[1] ?? what);
  return text.includes(
    quoted.replace(/^(could not extract wasm binary|failed to parse layer as tar.gz|panic: runtime error): /, ""),
  );
}

/** What the commands say of a form, one line for each that differs. */
async function differences(at: number): Promise<string[]> {
  const url = `oci://127.0.0.1:${(server.address() as AddressInfo).port}/form${at}:latest`;
  const layout = join(folder, String(at));
  const errors = await errorsOf(url);
  const applied: Verdict = await new ModuleFetcher({ registry: options })
    .fetch({ url } as Parameters<ModuleFetcher["fetch"]>[0])
    .then(({ bytes }) => ({ sha256: hexOf(digestOf(bytes)) }), refusal);
  const says: Readonly<Record<string, Verdict>> = {
    pull: await pull(parseReference(url.slice("oci://".length)), layout, options).then(() => {
      readLayout(layout);
      return inspected(layout);
    }, refusal),
    inspect: await inspected(url).catch(refusal),
    apply: applied,
  };
  const [first] = errors;
  return Object.entries(says).flatMap(([command, verdict]) => {
    const agrees = (error: string) =>
      command === "apply"
        ? first?.rule === "module-format"
          ? error.endsWith("not a WebAssembly module")
          : error.includes(`${first?.what}: ${first?.why}`)
        : errors.some((found) => sameReason(found, error));
    const same =
      "sha256" in verdict
        ? !first && verdict.sha256 === ("sha256" in applied && applied.sha256)
        : first && agrees(verdict.error);
    return same ? [] : `${command}: ${JSON.stringify(verdict)}; doctor: ${JSON.stringify(first ?? "fit")}`;
  });
}

test("pull, inspect, doctor and apply take the same images, and give the same reason for the others", async () => {
  const found: string[] = [];
  const known = new Set<string>();
  for (const [at, [name]] of forms.entries()) {
    for (const one of await differences(at)) {
      const listed = KNOWN_DIFFERENCES.find((known) => known.name.test(name) && known.says.test(one));
      if (listed) known.add(listed.why);
      else found.push(`${name}: ${one}`);
    }
  }
  expect(found).toEqual([]);
  expect(KNOWN_DIFFERENCES.map(({ why }) => why).filter((why) => !known.has(why))).toEqual([]);
  expect(forms.length).toBeGreaterThanOrEqual(SAMPLE.length);
}, 600_000);
