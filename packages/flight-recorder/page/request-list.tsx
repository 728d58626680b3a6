import { useState } from "preact/hooks";
import type { PluginView, RequestSummary } from "../src/archive/recording.ts";
import { clock, duration } from "./format.ts";
import { hrefOf } from "./place.ts";

interface Wanted {
  readonly path: string;
  readonly status: string;
  readonly plugin: string;
}

/** The maximum number of rows. Older requests are found by searching. */
const MOST = 300;

/** The list of requests, the newest first, with a search field. */
export function RequestList(props: {
  requests: readonly RequestSummary[];
  plugins: readonly PluginView[];
  selected: number | undefined;
  followed: boolean;
}) {
  const { requests, plugins, selected, followed } = props;
  const [wanted, want] = useState<Wanted>({ path: "", status: "", plugin: "" });
  const found = requests.filter((request) => isWanted(request, wanted)).reverse();
  return (
    <section class="list" aria-label="Requests">
      <search>
        <input
          type="search"
          placeholder="Search path or method"
          aria-label="Search path or method"
          value={wanted.path}
          onInput={({ currentTarget }) => want({ ...wanted, path: currentTarget.value })}
        />
        <select
          aria-label="Status"
          value={wanted.status}
          onChange={({ currentTarget }) => want({ ...wanted, status: currentTarget.value })}
        >
          <option value="">any status</option>
          {["2", "3", "4", "5"].map((digit) => (
            <option value={digit}>{digit}xx</option>
          ))}
          <option value="-">no response</option>
        </select>
        <select
          aria-label="Plugin"
          value={wanted.plugin}
          onChange={({ currentTarget }) => want({ ...wanted, plugin: currentTarget.value })}
        >
          <option value="">any plugin</option>
          {plugins.map(({ name }) => (
            <option value={name}>{name}</option>
          ))}
        </select>
      </search>
      <p class="count" role="status">
        {found.length === requests.length
          ? `${requests.length} requests`
          : `${found.length} of ${requests.length} requests`}
        {followed ? "; the newest is shown" : <a href={hrefOf({ view: "requests" })}>Follow the newest</a>}
      </p>
      <ol onKeyDown={move}>
        {found.slice(0, MOST).map((request) => (
          <li key={request.id}>
            <Row request={request} current={request.id === selected} />
          </li>
        ))}
      </ol>
      {found.length > MOST && (
        <p class="count">{found.length - MOST} older requests are not listed. Use the search to find them.</p>
      )}
    </section>
  );
}

function Row({ request, current }: { request: RequestSummary; current: boolean }) {
  const { id, time, method, path, status, took, hostCalls, worker, replayOf } = request;
  return (
    <a href={hrefOf({ view: "requests", id })} aria-current={current ? "true" : undefined}>
      <span class={`status s${String(status ?? 0)[0]}`}>{status ?? "···"}</span>
      <span class="path">
        {method} {path || "(rejected before the filters)"}
      </span>
      <span class="facts">
        #{id} {clock(time)} · {duration(took)} · {hostCalls} host calls
        {worker !== undefined && ` · worker ${worker}`}
        {replayOf !== undefined && ` · replay of #${replayOf}`}
      </span>
    </a>
  );
}

function isWanted({ method, path, status, plugins }: RequestSummary, wanted: Wanted): boolean {
  const text = wanted.path.trim().toLowerCase();
  return (
    `${method} ${path}`.toLowerCase().includes(text) &&
    (wanted.status === "" || (status === undefined ? "-" : String(status)[0]) === wanted.status) &&
    (wanted.plugin === "" || plugins.includes(wanted.plugin))
  );
}

/** Moves between rows with the arrow keys. */
function move(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !(event.currentTarget instanceof HTMLElement)) return;
  const rows = [...event.currentTarget.querySelectorAll("a")];
  const next = rows[rows.indexOf(document.activeElement as HTMLAnchorElement) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.click();
}
