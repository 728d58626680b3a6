import type { Header, RequestView } from "../src/archive/recording.ts";
import { Back } from "./back.tsx";
import { difference } from "./difference.ts";
import { callLine, duration } from "./format.ts";
import { hrefOf } from "./place.ts";
import { useRequest } from "./requested.tsx";
import type { Source } from "./source.ts";

const MARKS = { same: " ", added: "+", removed: "−" };

const headerLines = (headers: readonly Header[] = []): string[] => headers.map(([name, value]) => `${name}: ${value}`);

/** Headers whose values differ between any two requests. */
const VOLATILE = /^(x-request-id|date|x-envoy-upstream-service-time):/;

/** The parts of two requests that are compared. */
const PARTS: readonly (readonly [string, (request: RequestView) => string[]])[] = [
  ["From the client", ({ request }) => headerLines(request.before)],
  ["To the upstream", ({ request }) => headerLines(request.after)],
  ["From the upstream", ({ response }) => headerLines(response.before)],
  ["To the client", ({ response }) => headerLines(response.after)],
  [
    "Calls",
    ({ calls }) =>
      calls
        .filter(({ name }) => name !== "malloc")
        .map((call) => `${"  ".repeat(call.depth)}${withoutContext(callLine(call))}`),
  ],
  ["Metrics", ({ metrics }) => metrics.map(({ name, change }) => `${name} ${change}`)],
  ["Log", ({ logs }) => logs.map(({ level, plugin, message }) => `${level} ${plugin}: ${message}`)],
];

/** Context ids are different for each stream. */
const withoutContext = (line: string): string => line.replace(/\bcontext=\d+(, )?/, "");

/** Two requests and the differences between them. */
export function Compare({ source, id, other }: { source: Source; id: number; other: number }) {
  const [left, right] = [useRequest(source, id), useRequest(source, other)];
  if (typeof left === "string" || typeof right === "string")
    return <p class="empty">{`${[left, right].find((one) => typeof one === "string")}`}</p>;
  if (!left || !right) return <p class="empty" aria-busy="true" />;
  return (
    <article>
      <Back />
      <h2>
        <a href={hrefOf({ view: "requests", id })}>#{id}</a> and{" "}
        <a href={hrefOf({ view: "requests", id: other })}>#{other}</a>
      </h2>
      <table class="runs">
        <thead>
          <tr>
            <td />
            <th scope="col">#{id}</th>
            <th scope="col">#{other}</th>
          </tr>
        </thead>
        <tbody>
          <Both name="Request" of={({ method, path }) => `${method} ${path}`} runs={[left, right]} />
          <Both name="Status" of={({ status }) => String(status ?? "none")} runs={[left, right]} />
          <Both name="Took" of={({ took }) => duration(took)} runs={[left, right]} free />
          <Both name="In filters" of={({ inFilters }) => duration(inFilters)} runs={[left, right]} free />
          <Both name="Host calls" of={({ hostCalls }) => String(hostCalls)} runs={[left, right]} />
        </tbody>
      </table>
      {PARTS.map(([title, linesOf]) => (
        <Part title={title} left={linesOf(left)} right={linesOf(right)} />
      ))}
    </article>
  );
}

function Both(props: {
  name: string;
  of: (run: RequestView) => string;
  runs: readonly [RequestView, RequestView];
  free?: boolean;
}) {
  const { name, of, runs, free = false } = props;
  const [left, right] = [of(runs[0]), of(runs[1])];
  return (
    <tr class={!free && left !== right ? "differs" : ""}>
      <th scope="row">{name}</th>
      <td>{left}</td>
      <td>{right}</td>
    </tr>
  );
}

function Part({ title, left, right }: { title: string; left: readonly string[]; right: readonly string[] }) {
  const lines = difference(left, right, (line) => VOLATILE.exec(line)?.[1] ?? line);
  if (lines.length === 0) return null;
  const changed = lines.filter(({ kind }) => kind !== "same").length;
  return (
    <details open={changed > 0}>
      <summary>
        {title}{" "}
        <small>{changed === 0 ? "the same" : changed === 1 ? "1 line differs" : `${changed} lines differ`}</small>
      </summary>
      <ol class="difference">
        {lines.map(({ kind, item }) => (
          <li class={kind}>
            <span class="mark" aria-hidden="true">
              {MARKS[kind]}
            </span>
            {kind !== "same" && <span class="words">{kind} </span>}
            <span class="text">{item}</span>
          </li>
        ))}
      </ol>
    </details>
  );
}
