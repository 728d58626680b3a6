/** The colours of the variants; further variants use them again. */
export const COLOURS = 5;

export const STYLE = `
:root { color-scheme: light dark;
  --page: light-dark(#f6f8fa, #0d1117); --card: light-dark(#fff, #161b22); --line: light-dark(#d8dee4, #30363d);
  --text: light-dark(#1f2328, #e6edf3); --dim: light-dark(#59636e, #9198a1); --track: light-dark(#eaeef2, #262c36);
  --good: light-dark(#1a7f37, #3fb950); --bad: light-dark(#cf222e, #ff7b72); }
* { box-sizing: border-box; }
body { background: var(--page); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; margin: 0; }
main { margin: 0 auto; max-width: 76rem; padding: 2rem 1.25rem 3rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .25rem; }
p { margin: 0 0 1rem; max-width: 52rem; }
.dim { color: var(--dim); }
.note, footer { color: var(--dim); font-size: .875rem; }
.grid { align-items: start; display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); }
.pairs { grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); }
.variants { align-items: stretch; grid-template-columns: repeat(auto-fit, minmax(min(15rem, 100%), 1fr)); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .625rem; padding: 1rem; }
.c0 { --hue: light-dark(#0969da, #4493f8); } .c1 { --hue: light-dark(#8250df, #ab7df8); }
.c2 { --hue: light-dark(#bc4c00, #f0883e); } .c3 { --hue: light-dark(#0a7d74, #2bb8aa); }
.c4 { --hue: light-dark(#bf3989, #f778ba); } .plain { --hue: light-dark(#8c959f, #6e7681); }
article.card { border-top: .25rem solid var(--hue); display: flex; flex-direction: column; }
article h3 { font-size: 1.125rem; margin: 0 0 .25rem; }
article h3 small { color: var(--dim); font-weight: 400; margin-left: .25rem; }
article p { margin: 0 0 .5rem; }
dl { border-top: 1px solid var(--line); display: grid; font-size: .875rem; font-variant-numeric: tabular-nums; gap: 0 .75rem;
  grid-template-columns: auto 1fr; margin: auto 0 0; padding-top: .5rem; }
dt { color: var(--dim); } dd { margin: 0; text-align: right; }
table { border-collapse: separate; border-spacing: 0; font-variant-numeric: tabular-nums; table-layout: fixed; width: 100%; }
caption { caption-side: top; font-weight: 600; padding: 0 0 .375rem; text-align: left; }
th, td { padding: .375rem .5rem; text-align: left; vertical-align: top; }
th:first-child, thead td { padding-left: 0; width: 5.5rem; } td:last-child, th:last-child { padding-right: 0; }
thead th { color: var(--dim); font-size: .8125rem; font-weight: 400; line-height: 1.3; vertical-align: bottom; }
tbody th, tbody td { border-top: 1px solid var(--line); }
tbody th { font-weight: 600; white-space: nowrap; } .plain th { color: var(--dim); font-weight: 400; }
.bar { background: var(--track); border-radius: .1875rem; display: block; height: .375rem; margin-top: .25rem; overflow: hidden; }
.bar::before { background: var(--hue); border-radius: inherit; content: ""; display: block; height: 100%; min-width: 2px;
  width: var(--share); }
.good { color: var(--good); } .bad { color: var(--bad); font-weight: 600; }
footer { border-top: 1px solid var(--line); margin-top: 2.5rem; padding-top: 1rem; }
@media print { .bar, .bar::before { print-color-adjust: exact; } .card { break-inside: avoid; } }`;
