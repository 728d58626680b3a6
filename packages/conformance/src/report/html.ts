import { figureTable } from "./bars.ts";
import { escaped } from "./escape.ts";
import type { Findings, VariantFindings } from "./findings.ts";
import { type Section, sections } from "./rows.ts";
import { COLOURS, STYLE } from "./style.ts";
import { bytes, seconds, times } from "./units.ts";

/** The report as one self-contained HTML page. */
export function html(findings: Findings): string {
  const { variants, date, machine } = findings;
  const colours = new Map(variants.map(({ variant }, at) => [variant, at % COLOURS]));
  const cards = variants.map((one) => card(one, colours.get(one.variant) ?? 0));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The header filter’s variants, compared</title>
<style>${STYLE}
</style>
</head>
<body>
<main>
<h1>Which variant of the header filter?</h1>
<p>All do the same: the same headers, the same counter, the same log lines, byte for byte. They differ in what you write the filter in,
and in what a request costs. In each picture a shorter bar is better.</p>
<div class="grid variants">
${cards.join("\n")}
</div>
${sections(findings)
  .map((section) => part(section, colours))
  .join("\n")}
<footer>Measured on ${escaped(date)}: ${escaped(machine)}. <code>npm run report</code> measures on yours.</footer>
</main>
</body>
</html>
`;
}

function card(one: VariantFindings, colour: number): string {
  const { variant, version, description, advice } = one;
  const facts = Object.entries(keyFigures(one)).map(([name, figure]) => `<dt>${name}</dt><dd>${escaped(figure)}</dd>`);
  return `<article class="card c${colour}">
<h3>${escaped(variant)} <small>${escaped(version)}</small></h3>
<p class="dim">${escaped(description)}</p>
<p>${escaped(advice)}</p>
<dl>
${facts.join("\n")}
</dl>
</article>`;
}

/** A short summary. */
function keyFigures({ size, memory, start, cpu }: VariantFindings): Record<string, string> {
  return {
    module: bytes(size.raw),
    memory: bytes(memory.later),
    ...(start && { "ready after": `${seconds(start.cpu)} of CPU` }),
    ...(cpu && { "CPU per request": Object.values(cpu).map(times).join(" / ") }),
  };
}

function part({ title, note, figures }: Section, colours: ReadonlyMap<string, number>): string {
  const id = title.toLowerCase().replace(/[^a-z]+/g, "-");
  const tables = figures.map((figure) => figureTable(figure, colours));
  const grid =
    tables.length > 0
      ? `\n<div class="grid${tables.length % 2 === 0 ? " pairs" : ""}">\n${tables.join("\n")}\n</div>`
      : "";
  return `<section aria-labelledby="${id}">
<h2 id="${id}">${escaped(title)}</h2>
<p class="note">${escaped(note)}</p>${grid}
</section>`;
}
