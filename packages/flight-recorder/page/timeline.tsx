import type { Activity, CallView, LogView, MetricView } from "../src/archive/recording.ts";
import { duration, shown } from "./format.ts";

const ALLOCATORS = new Set(["malloc", "proxy_on_memory_allocate"]);

/** Deeper calls are not indented further. */
const DEEPEST = 8;

/** Callbacks and host calls in the order in which they began. Bars show when each ran, and for how long. */
export function Timeline({ calls, dropped, brief }: Pick<Activity, "calls" | "dropped" | "brief">) {
  if (brief)
    return <p class="empty">Calls were counted but not kept, because there were too many requests in that second.</p>;
  if (calls.length === 0) return <p class="empty">No filter was called.</p>;
  const total = Math.max(...calls.map(({ at, took = 0 }) => at + took), 0.001);
  return (
    <>
      <table class="timeline">
        <thead>
          <tr>
            <th scope="col">Call</th>
            <th scope="col">Result</th>
            <th scope="col" class="number">
              At
            </th>
            <th scope="col" class="number">
              Took
            </th>
            <th scope="col" class="bars">
              <span>0</span>
              <span>{duration(total)}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {calls.map((call) => (
            <Row call={call} total={total} />
          ))}
        </tbody>
      </table>
      {dropped > 0 && <p>{dropped} more calls or log lines were not kept, because there were too many.</p>}
    </>
  );
}

function Row({ call, total }: { call: CallView; total: number }) {
  const { kind, name, plugin, context, depth, at, took = 0, args, result, results = {}, trap } = call;
  const bad = trap !== undefined || (kind === "call" && result !== undefined && result !== "OK");
  const left = Math.min(99.5, (at / total) * 100);
  return (
    <tr class={`${kind} ${ALLOCATORS.has(name) ? "allocator" : ""}`}>
      <td
        style={{ paddingLeft: `${Math.min(depth, DEEPEST) * 1.25 + 0.5}rem` }}
        title={`${plugin}, context ${context}`}
      >
        <b>{name.replace(/^proxy_/, "")}</b>
        <Values values={args} />
      </td>
      <td class={bad ? "result bad" : "result"}>
        {trap === undefined ? result : `trapped: ${trap}`}
        <Values values={results} />
      </td>
      <td class="number">{duration(at)}</td>
      <td class="number">{duration(call.took)}</td>
      <td class="bars">
        <div class="bar" style={{ marginLeft: `${left}%`, width: `${Math.max(0.5, (took / total) * 100)}%` }} />
      </td>
    </tr>
  );
}

function Values({ values }: { values: Readonly<Record<string, unknown>> }) {
  return (
    <>
      {Object.entries(values).map(([name, value]) => (
        <span class="value">
          {" "}
          <i>{name}</i>={shown(value)}
        </span>
      ))}
    </>
  );
}

export function Metrics({ metrics }: { metrics: readonly MetricView[] }) {
  if (metrics.length === 0) return null;
  return (
    <>
      <h3>Metrics</h3>
      <ul class="plain">
        {metrics.map(({ name, change, value }) => (
          <li>
            <b>{name}</b> <span class="changed">{change}</span> to {value}
          </li>
        ))}
      </ul>
    </>
  );
}

export function Logs({ logs }: { logs: readonly LogView[] }) {
  if (logs.length === 0) return null;
  return (
    <>
      <h3>Log</h3>
      <ul class="plain log">
        {logs.map(({ at, level, plugin, message }) => (
          <li>
            <span class="number">{duration(at)}</span> <b class={level}>{level}</b> {plugin}: {message}
          </li>
        ))}
      </ul>
    </>
  );
}
