import { useEffect, useState } from "preact/hooks";
import type { BackgroundView, PluginView, WorkerView } from "../src/archive/recording.ts";
import { clock, duration, memory, size } from "./format.ts";
import { Plot, type PlotLine } from "./plot.tsx";
import type { Source, State } from "./source.ts";
import { Logs, Timeline } from "./timeline.tsx";

/** What happens to requests under each fail policy. */
const TRAPPED: Readonly<Record<string, string>> = {
  open: "requests pass without it",
  close: "requests get 503",
  reload: "a new VM is created",
};

/** A configuration with more characters is collapsed. */
const LONG = 2000;

/** The plugins, plots over time, and callbacks outside of requests. */
export function Plugins({ source, state }: { source: Source; state: State }) {
  return (
    <main class="plugins">
      <h2>Plugins</h2>
      <div class="cards">
        {state.plugins.map((plugin) => (
          <Card key={plugin.name} plugin={plugin} />
        ))}
      </div>
      <h2>Over time</h2>
      <Plots state={state} />
      <h2>Outside requests</h2>
      <Background source={source} />
    </main>
  );
}

function Card({ plugin }: { plugin: PluginView }) {
  const facts: (readonly [string, string | undefined])[] = [
    ["Error", plugin.error],
    ["Image", plugin.source],
    ["Image digest", plugin.imageDigest],
    ["Module digest", plugin.digest],
    ["Size", plugin.size === undefined ? undefined : size(plugin.size)],
    ["Phase", plugin.phase],
    ["Root id", plugin.rootId],
    ["After a trap", plugin.failPolicy && (TRAPPED[plugin.failPolicy] ?? plugin.failPolicy)],
    ...(plugin.workers?.map(workerFact) ?? [["Memory", memory(plugin.memoryPages)] as const]),
    ["Host calls", perRequest(plugin.hostCallsPerRequest)],
    ["Callbacks", perRequest(plugin.callbacksPerRequest)],
  ];
  return (
    <section class="card">
      <h3>
        {plugin.name} <span class={`state ${plugin.state}`}>{plugin.state}</span>
      </h3>
      <dl>
        {facts.map(
          ([name, value]) =>
            value !== undefined && (
              <div>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
      {!plugin.configuration ? (
        <p class="empty">No configuration.</p>
      ) : (
        <details open={plugin.configuration.length < LONG}>
          <summary>Configuration</summary>
          <pre>{pretty(plugin.configuration)}</pre>
        </details>
      )}
    </section>
  );
}

const workerFact = ({ worker, state, error, memoryPages }: WorkerView) =>
  [`Worker ${worker}`, state === "running" ? memory(memoryPages) : [state, error].filter(Boolean).join(": ")] as const;

const perRequest = (mean: number | undefined) =>
  mean === undefined ? undefined : `${Number(mean.toFixed(2))} per request`;

/** JSON with line breaks; anything else as it is. */
function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}

/** A size in KiB; from 10 MiB on in MiB, so that it fits beside an axis. */
const kibibytes = (value: number) => (value < 10_240 ? `${value} KiB` : `${Math.round(value / 1024)} MiB`);

function Plots({ state: { samples, plugins } }: { state: State }) {
  if (samples.length < 2) return <p class="empty">Plots are shown after two seconds.</p>;
  const times = samples.map(({ time }) => time / 1000);
  const line = (label: string, of: (sample: (typeof samples)[number]) => number | undefined): PlotLine => ({
    label,
    values: samples.map((sample) => of(sample) ?? null),
  });
  const names = [...new Set(samples.flatMap(({ counters }) => Object.keys(counters)))];
  return (
    <div class="plots">
      <Plot title="Requests per second" times={times} series={[line("requests", ({ requests }) => requests)]} />
      <Plot
        title="Added latency"
        times={times}
        series={[line("p50", ({ p50 }) => p50), line("p99", ({ p99 }) => p99)]}
        format={duration}
      />
      {names.map((name) => (
        <Plot key={name} title={name} times={times} series={[line("value", ({ counters }) => counters[name])]} />
      ))}
      <Plot
        title="Linear memory"
        times={times}
        series={plugins.map(({ name }) => line(name, ({ memoryPages }) => (memoryPages[name] ?? 0) * 64))}
        format={kibibytes}
      />
    </div>
  );
}

function Background({ source }: { source: Source }) {
  const [records, set] = useState<readonly BackgroundView[]>([]);
  useEffect(() => {
    source.background().then(set, () => set([]));
  }, [source]);
  return (
    <>
      {[...records].reverse().map((record) => (
        <details>
          <summary>
            {clock(record.time)} {record.plugin}
            {record.worker !== undefined && `, worker ${record.worker}`}: {record.calls[0]?.name}{" "}
            <small>
              {record.calls.filter(({ kind }) => kind === "call").length} host calls, {record.logs.length} log lines
            </small>
          </summary>
          <Timeline calls={record.calls} dropped={record.dropped} />
          <Logs logs={record.logs} />
        </details>
      ))}
    </>
  );
}
