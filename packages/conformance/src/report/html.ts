import type { Findings } from "./findings.ts";
import { type Row, sections } from "./rows.ts";

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d0d7de, #3d444d); --dim: light-dark(#59636e, #9198a1);
  --bar: light-dark(#54aeff66, #1f6feb88); }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 64rem; padding: 1rem 1.5rem 3rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; color: var(--dim); padding-bottom: .5rem; }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .75rem; text-align: right; vertical-align: top; }
th[scope=row], thead td { text-align: left; font-weight: 400; }
td.text { text-align: left; }
td { font-variant-numeric: tabular-nums; white-space: nowrap; }
td.text { white-space: normal; min-width: 16rem; }
.bar { display: block; height: .25rem; margin: .2rem 0 0 auto; border-radius: .125rem; background: var(--bar); }
@media print { .bar { print-color-adjust: exact; } }`;

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[character] ?? "");

/** The report as one HTML page that needs nothing else. */
export function html(findings: Findings): string {
  const { variants } = findings;
  const heads = variants
    .map(({ variant, version }) => `<th scope="col">${escaped(`${variant} ${version}`)}</th>`)
    .join("");
  const parts = sections(findings).map(({ title, note, rows }) => {
    const id = title.toLowerCase().replace(/[^a-z]+/g, "-");
    const heading = `<section aria-labelledby="${id}">\n<h2 id="${id}">${escaped(title)}</h2>`;
    if (rows.length === 0) return `${heading}\n<p>${escaped(note)}</p>\n</section>`;
    const body = rows.map(line).join("\n");
    return `${heading}\n<div class="wide" tabindex="0" role="region" aria-labelledby="${id}">\n<table>\n<caption>${escaped(note)}</caption>
<thead><tr><td></td>${heads}</tr></thead>\n<tbody>\n${body}\n</tbody>\n</table>\n</div>\n</section>`;
  });
  const choice = variants.map(
    ({ variant, description, advice }) =>
      `<dt><strong>${escaped(variant)}</strong>: ${escaped(description)}</dt><dd>${escaped(advice)}</dd>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The header filter's variants</title>
<style>${STYLE}
</style>
</head>
<body>
<main>
<h1>The header filter’s variants</h1>
<dl>
${choice.join("\n")}
</dl>
${parts.join("\n")}
</main>
</body>
</html>
`;
}

/** Bars show how the figures of one row compare. */
function line({ label, cells, sizes }: Row): string {
  const most = Math.max(...(sizes ?? []).map((size) => size ?? 0));
  const cell = (text: string, at: number) => {
    const size = sizes?.[at];
    const share = most > 0 && size !== undefined ? Math.max(1, Math.round((100 * size) / most)) : 0;
    return `<td>${escaped(text)}${share ? `<span class="bar" aria-hidden="true" style="width:${share}%"></span>` : ""}</td>`;
  };
  return `<tr><th scope="row">${escaped(label)}</th>${cells.map(cell).join("")}</tr>`;
}
