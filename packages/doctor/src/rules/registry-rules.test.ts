import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { examineImage } from "../examination.ts";
import { findSource } from "../subjects/source.ts";

/** The findings about an image in a registry whose 401 has a header. */
async function findings(header: string) {
  const server = createServer((_, response) => response.writeHead(401, { "www-authenticate": header }).end());
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const source = findSource(`oci://${host}/wasm:v1`, { dockerConfig: { text: "{}", where: "Secret" } });
  if (source.kind !== "images" || !source.images[0]) throw new Error("no image");
  const { outcome, findings } = await examineImage(source.images[0], { envoy: "1.40" });
  const found = findings.map(({ rule, what }) => `${rule}: ${what.replaceAll(host, "HOST")}`);
  return { outcome, found, fix: findings[0]?.fix };
}

test("image-registry finds a realm that is no URL", async () => {
  const { outcome, found, fix } = await findings('Basic realm="r"');
  expect(outcome).toBe("not fit");
  expect(found[0]).toBe(
    'image-registry: cannot be pulled in a cluster: Istio refuses the registry HOST: "rejected unsafe bearer realm: realm scheme "" not allowed"',
  );
  expect(found).toHaveLength(2);
  expect(fix).toContain("name a realm that is an http or https URL outside of private networks");
});

test("it is gone once its remedy is carried out, with a realm that Istio takes", async () => {
  const { found } = await findings('Basic realm="https://registry.example"');
  expect(found).toEqual([expect.stringMatching(/^image-unreachable: could not be fetched: HOST.*401/)]);
});
