// Bundles the page: `node scripts/bundle-page.ts` writes its script and style to dist/page, for the published package.
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/** @returns the page's script and style, without writing them */
export async function bundlePage(): Promise<{ script: string; style: string }> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: { page: "page/main.tsx" },
    outdir: "dist/page",
    bundle: true,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    minify: true,
    charset: "utf8",
    legalComments: "inline",
    write: false,
    logLevel: "silent",
  });
  const text = (extension: string) => outputFiles.find(({ path }) => path.endsWith(extension))?.text ?? "";
  return { script: text(".js"), style: text(".css") };
}

if (import.meta.main) {
  const { script, style } = await bundlePage();
  mkdirSync(`${root}dist/page`, { recursive: true });
  writeFileSync(`${root}dist/page/page.js`, script);
  writeFileSync(`${root}dist/page/page.css`, style);
}
