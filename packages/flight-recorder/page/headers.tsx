import type { Header, HeadersView } from "../src/archive/recording.ts";
import { difference } from "./difference.ts";

const MARKS = { same: "", added: "+", removed: "−" };

const headerKey = ([name, value]: Header): string => `${name}: ${value}`;

/** A message's headers. Those that the filters have added or removed are marked by a sign, a word and a colour. */
export function HeaderTable({
  title,
  sides,
  brief,
}: {
  title: string;
  sides: HeadersView;
  brief: boolean | undefined;
}) {
  const { before, after } = sides;
  if (!before) return <Nothing title={title} text="None." />;
  const lines = difference(before, after ?? before, headerKey);
  const changes = lines.filter(({ kind }) => kind !== "same").length;
  const words = brief
    ? "as they were at the end"
    : !after
      ? "did not leave the filters"
      : changes === 0
        ? "unchanged by the filters"
        : `${changes} changed`;
  return (
    <table class="headers">
      <caption>
        {title} <small>{words}</small>
      </caption>
      <tbody>
        {lines.map(({ kind, item: [name, value] }) => (
          <tr class={kind}>
            <td class="mark">
              <span aria-hidden="true">{MARKS[kind]}</span>
              {kind !== "same" && <span class="words">{kind}</span>}
            </td>
            <th scope="row">{name}</th>
            <td>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Nothing({ title, text }: { title: string; text: string }) {
  return (
    <table class="headers">
      <caption>{title}</caption>
      <tbody>
        <tr>
          <td>{text}</td>
        </tr>
      </tbody>
    </table>
  );
}
