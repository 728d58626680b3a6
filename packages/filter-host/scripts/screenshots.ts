// Takes the screenshots of the READMEs from what `npm start` shows: `npm run screenshots [FOLDER [all]]`.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { get } from "node:http";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Failure } from "@wasm-header-filter/cli";
import { findRoot } from "@wasm-header-filter/oci";
import { findChromium, startChromium } from "../src/fixtures/chromium.ts";

const root = findRoot(import.meta.dirname);
const output = process.argv[2] ?? fileURLToPath(new URL("../../../docs/images", import.meta.url));
const path = findChromium();
if (!path) throw new Failure("Chromium was not found; apt-get install chromium");

const anyPort = "127.0.0.1:0";
// The command of `npm start`; npm itself would not pass on the signal that ends it.
const lab = spawn(
  process.execPath,
  [`${root}/packages/lab/src/bin.ts`, "--build", "--listen", anyPort, "--admin", anyPort],
  {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  },
);
const [proxy, admin] = await addresses();
const send = (to: string, headers: Record<string, string>) =>
  new Promise((resolve) => get(new URL(to, proxy), { headers }, (res) => res.resume().on("end", resolve)));
const browser = await startChromium(path);
/** The screenshots in the READMEs. Each must be below 200 kB. */
const README = ["request", "compare-dark", "plugins"];
const plain = { "user-agent": "curl/8.14.1", accept: "*/*" };
for (let second = 0; second < 3; second++) {
  for (let count = 0; count <= second % 2; count++)
    await send(count % 2 === 1 ? "/status/404" : `/headers?page=${count}`, plain);
  await send("/headers", { ...plain, hello: "something" });
  await new Promise((resolve) => setTimeout(resolve, 1000));
}
await send("/headers", { ...plain, hello: "something", authorization: "Bearer secret-token" });
/** With `all`, every view in both colour schemes and at several widths, to check a change of the page. */
const all = process.argv[3] === "all";
mkdirSync(output, { recursive: true });
for (const colorScheme of ["light", "dark"] as const) {
  for (const width of all ? [320, 768, 1280, 1920] : [1280]) {
    const viewport = all ? { width, height: 900 } : { width: 1100, height: 860 };
    const page = await browser.newPage({ colorScheme, viewport });
    const shoot = async (view: string, hash: string, wait: string) => {
      const name = all ? `${view}-${colorScheme}-${width}` : colorScheme === "dark" ? `${view}-dark` : view;
      if (!all && !README.includes(name)) return;
      await page.goto(new URL(`/${hash}`, admin).href);
      await page.locator(wait).first().waitFor();
      // Plots are drawn with the next sample, which is taken each second.
      await page.waitForTimeout(1200);
      await page.screenshot({ path: `${output}/${name}.png` });
    };
    await shoot("list", "#/requests", ".list li");
    const state = (await (await fetch(new URL("/api/state", admin))).json()) as { requests: { id: number }[] };
    const id = state.requests.at(-1)?.id ?? 0;
    await shoot("request", `#/requests/${id}`, ".timeline");
    await shoot("compare", `#/compare/${id - 1}/${id}`, ".difference");
    await shoot("replay", `#/replay/${id}`, "form");
    await shoot("plugins", "#/plugins", "canvas");
    await page.close();
  }
}
await browser.close();
lab.kill("SIGINT");
await once(lab, "close");

/** The URLs of the proxy and the page, which the lab prints when it is up. */
async function addresses(): Promise<[proxy: string, admin: string]> {
  for await (const line of createInterface(lab.stdout)) {
    const [, proxy, admin] = /^The proxy stays up until Ctrl-C: (\S+), page (\S+)$/.exec(line) ?? [];
    if (!proxy || !admin) continue;
    // It goes on to print, and must not wait for a reader.
    lab.stdout.resume();
    return [proxy, admin];
  }
  throw new Failure("the lab ended before it was up; see above");
}
