import { escaped } from "./escape.ts";
import { type Cell, type Figure, PLAIN } from "./rows.ts";

/** A figure as a table whose cells have bars, all to one scale. @param colours the number of each variant's colour */
export function figureTable({ title, columns, rows }: Figure, colours: ReadonlyMap<string, number>): string {
  const most = Math.max(...rows.flatMap(({ cells }) => cells.map(({ size = 0 }) => size)));
  const heads = columns.map((column) => `<th scope="col">${escaped(column)}</th>`).join("");
  const lines = rows.map(({ name, cells }) => {
    const colour = name === PLAIN ? "plain" : `c${colours.get(name) ?? 0}`;
    return `<tr class="${colour}"><th scope="row">${escaped(name)}</th>${cells.map((cell) => shown(cell, most)).join("")}</tr>`;
  });
  return `<div class="card"><table>
<caption>${escaped(title)}</caption>
<thead><tr><td></td>${heads}</tr></thead>
<tbody>
${lines.join("\n")}
</tbody>
</table></div>`;
}

function shown({ text, size, good }: Cell, most: number): string {
  if (good !== undefined) {
    const [name, sign] = good ? ["good", "✓"] : ["bad", "✗"];
    return `<td><span class="${name}"><span aria-hidden="true">${sign}</span> ${escaped(text)}</span></td>`;
  }
  if (size === undefined) return `<td>${escaped(text)}</td>`;
  const share = most > 0 ? (100 * Math.max(0, size)) / most : 0;
  return `<td>${escaped(text)}<span class="bar" aria-hidden="true" style="--share:${share.toFixed(1)}%"></span></td>`;
}
