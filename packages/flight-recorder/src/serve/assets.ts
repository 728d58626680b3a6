import { readFile } from "node:fs/promises";
import type { Assets } from "./document.ts";

const folder = new URL("../../", import.meta.url);

let assets: Promise<Assets> | undefined;

/** @returns the page's script and style: those of the published package, or, in a checkout, bundled at the first request */
export function pageAssets(): Promise<Assets> {
  assets ??= import.meta.url.endsWith(".ts") ? bundled() : built();
  return assets;
}

async function built(): Promise<Assets> {
  const read = (name: string) => readFile(new URL(`dist/page/${name}`, folder), "utf8");
  const [script, style] = await Promise.all([read("page.js"), read("page.css")]);
  return { script, style };
}

async function bundled(): Promise<Assets> {
  const bundler = new URL("scripts/bundle-page.ts", folder).href;
  const { bundlePage } = (await import(bundler)) as { bundlePage(): Promise<Assets> };
  return bundlePage();
}
