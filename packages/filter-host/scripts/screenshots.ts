// Takes the screenshots of the README: `npm run screenshots [FOLDER [all]]`. The variant `as` must be built.
import { mkdirSync } from "node:fs";
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { Failure } from "@wasm-header-filter/cli";
import { findRoot, findVariants, readModule } from "@wasm-header-filter/oci";
import { findChromium, startChromium } from "../src/fixtures/chromium.ts";
import { startHost } from "../src/host.ts";

const root = findRoot(import.meta.dirname);
const output = process.argv[2] ?? fileURLToPath(new URL("../../../docs/images", import.meta.url));
const path = findChromium();
if (!path) throw new Failure("Chromium was not found; apt-get install chromium");
const variant = findVariants(root).find(({ variant }) => variant === "as");
if (!variant) throw new Failure("the variant as was not found; run npm run build");

const upstream = createServer((req, res) => {
  const status = req.url?.startsWith("/status/") ? Number(req.url.slice(8)) : 200;
  res.writeHead(status, { "content-type": "application/json" });
  res.end('{"headers": {}}');
});
await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
const host = await startHost({
  plugins: [
    {
      name: "default.wasm-example",
      module: await readModule(variant.dist.layout),
      configuration: Buffer.from('{"header_1":"some_value_1","header_2":"another_value"}'),
      source: "oci://localhost:5000/wasm-header-filter:0.1.0-as",
    },
  ],
  upstream: new URL(`http://127.0.0.1:${(upstream.address() as AddressInfo).port}`),
  admin: { host: "127.0.0.1", port: 0 },
});
const send = (to: string, headers: Record<string, string>) =>
  new Promise((resolve) => get(new URL(to, host.url), { headers }, (res) => res.resume().on("end", resolve)));
const browser = await startChromium(path);
/** The screenshots in the README. Each must be below 150 kB. */
const README = ["request", "compare-dark", "plugins"];
const plain = { "user-agent": "curl/8.14.1", accept: "*/*" };
for (let second = 0; second < 6; second++) {
  for (let count = 0; count <= second % 2; count++)
    await send(count % 2 === 1 ? "/status/404" : `/get?page=${count}`, plain);
  await send("/headers", { ...plain, hello: "something" });
  await new Promise((resolve) => setTimeout(resolve, 1000));
}
await send("/headers", { ...plain, hello: "something", authorization: "Bearer secret-token" });
/** With `all`, every view in both colour schemes and widths, to check a change of the page. */
const all = process.argv[3] === "all";
mkdirSync(output, { recursive: true });
for (const colorScheme of ["light", "dark"] as const) {
  for (const width of all ? [1280, 420] : [1280]) {
    const viewport = all ? { width, height: width === 420 ? 900 : 800 } : { width: 1100, height: 660 };
    const page = await browser.newPage({ colorScheme, viewport });
    const shoot = async (view: string, hash: string, wait: string) => {
      const name = all ? `${view}-${colorScheme}-${width}` : colorScheme === "dark" ? `${view}-dark` : view;
      if (!all && !README.includes(name)) return;
      await page.goto(new URL(`/${hash}`, host.adminUrl).href);
      await page.locator(wait).first().waitFor();
      // Plots are drawn with the next sample, which is taken each second.
      await page.waitForTimeout(1200);
      await page.screenshot({ path: `${output}/${name}.png` });
    };
    await shoot("list", "#/requests", ".list li");
    const state = (await (await fetch(new URL("/api/state", host.adminUrl))).json()) as { requests: { id: number }[] };
    const id = state.requests.at(-1)?.id ?? 0;
    await shoot("request", `#/requests/${id}`, ".timeline");
    await shoot("compare", `#/compare/${id - 1}/${id}`, ".difference");
    await shoot("replay", `#/replay/${id}`, "form");
    await shoot("plugins", "#/plugins", "canvas");
    await page.close();
  }
}
await browser.close();
await host.close();
upstream.closeAllConnections();
upstream.close();
