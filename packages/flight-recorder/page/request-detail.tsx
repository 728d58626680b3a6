import type { RequestView } from "../src/archive/recording.ts";
import { Back } from "./back.tsx";
import { duration, memory, size } from "./format.ts";
import { HeaderTable } from "./headers.tsx";
import { go, hrefOf } from "./place.ts";
import type { Source } from "./source.ts";
import { Logs, Metrics, Timeline } from "./timeline.tsx";

/** Everything that is recorded of a request. */
export function RequestDetail({ request, source }: { request: RequestView; source: Source }) {
  const { id, method, path, status, took, inFilters, hostCalls, details, worker, replayOf } = request;
  return (
    <article>
      <Back />
      <h2>
        <span class={`status s${String(status ?? 0)[0]}`}>{status ?? "···"}</span> {method} {path}
      </h2>
      <dl class="facts">
        <Fact name="request">
          #{id} at {new Date(request.time).toLocaleTimeString()}
        </Fact>
        {worker !== undefined && <Fact name="worker">{worker}</Fact>}
        <Fact name="took">{duration(took)}</Fact>
        <Fact name="in filters">{duration(inFilters)}</Fact>
        <Fact name="host calls">{hostCalls}</Fact>
        <Fact name="body">
          {size(request.requestSize)} in, {size(request.responseSize)} out
        </Fact>
        {details && <Fact name="response">{details}</Fact>}
        {Object.entries(request.memoryPages).map(([name, pages]) => (
          <Fact name={`memory of ${name}`}>{memory(pages)}</Fact>
        ))}
      </dl>
      <p class="actions">
        {source.replay && (
          <a class="button" href={hrefOf({ view: "replay", id })}>
            Replay
          </a>
        )}
        <CompareWith id={id} source={source} />
        {replayOf !== undefined && (
          <a class="button" href={hrefOf({ view: "compare", id: replayOf, other: id })}>
            Compare with the original, #{replayOf}
          </a>
        )}
      </p>
      <h3>Headers</h3>
      <div class="pair">
        <HeaderTable title="Request" sides={request.request} brief={request.brief} />
        <HeaderTable title="Response" sides={request.response} brief={request.brief} />
      </div>
      <h3>Timeline</h3>
      <Timeline calls={request.calls} dropped={request.dropped} {...(request.brief && { brief: true })} />
      <Metrics metrics={request.metrics} />
      <Logs logs={request.logs} />
    </article>
  );
}

function Fact({ name, children }: { name: string; children: preact.ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function CompareWith({ id, source }: { id: number; source: Source }) {
  const others = source.state?.requests.filter((one) => one.id !== id).reverse() ?? [];
  if (others.length === 0) return null;
  return (
    <select
      aria-label="Compare with"
      value=""
      onChange={({ currentTarget }) => go({ view: "compare", id, other: Number(currentTarget.value) })}
    >
      <option value="">Compare with …</option>
      {others.slice(0, 100).map((one) => (
        <option value={one.id}>
          #{one.id} {one.status} {one.method} {one.path}
        </option>
      ))}
    </select>
  );
}
