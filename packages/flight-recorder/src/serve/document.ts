import { createHash } from "node:crypto";
import type { Recording } from "../archive/recording.ts";

/** The page's script and style, bundled. */
export interface Assets {
  readonly script: string;
  readonly style: string;
}

const HEAD = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>filter-host</title>
<link rel="icon" href="data:,">`;

/** The content security policy of the live page: it may load from and connect to this server only. */
export const LIVE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The page that the admin server serves. */
export const LIVE_DOCUMENT = `${HEAD}
<link rel="stylesheet" href="/page.css">
<div id="app"><noscript>This page needs JavaScript; the statistics are at <a href="/stats/prometheus">/stats/prometheus</a>.</noscript></div>
<script type="module" src="/page.js"></script>
</html>
`;

const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** @returns the page and a recording in one HTML file that needs no server */
export function standalone({ script, style }: Assets, recording: Recording): string {
  const code = script.replaceAll("</script", "<\\/script");
  const policy = `default-src 'none'; script-src ${hash(code)}; style-src ${hash(style)}; img-src data:; base-uri 'none'; form-action 'none'`;
  return `${HEAD}
<meta http-equiv="content-security-policy" content="${policy}">
<style>${style}</style>
<div id="app"></div>
<script type="application/json" id="recording">${JSON.stringify(recording).replaceAll("<", "\\u003c")}</script>
<script type="module">${code}</script>
</html>
`;
}
