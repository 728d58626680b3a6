import { useEffect, useReducer, useState } from "preact/hooks";
import { Compare } from "./compare.tsx";
import { clock, size } from "./format.ts";
import { readRecording } from "./frozen-source.ts";
import { hrefOf, type Place, usePlace } from "./place.ts";
import { Plugins } from "./plugins.tsx";
import { ReplayForm } from "./replay.tsx";
import { RequestList } from "./request-list.tsx";
import { Requested } from "./requested.tsx";
import type { Source, State } from "./source.ts";

/** The whole page. */
export function App({ first }: { first: Source }) {
  const [source, use] = useState(first);
  const [, changed] = useReducer((count: number) => count + 1, 0);
  const [error, setError] = useState<string>();
  const place = usePlace();
  useEffect(() => source.subscribe(() => changed(undefined)), [source]);
  const open = async (file: File | undefined) => {
    if (!file) return;
    try {
      use(readRecording(await file.text()));
      setError(undefined);
      location.hash = "#/requests";
    } catch (problem) {
      setError((problem as Error).message);
    }
  };
  const { state } = source;
  return (
    <>
      <header>
        <h1>filter-host</h1>
        <nav aria-label="Views">
          <a href={hrefOf({ view: "requests" })} aria-current={place.view === "plugins" ? undefined : "page"}>
            Requests
          </a>
          <a href={hrefOf({ view: "plugins" })} aria-current={place.view === "plugins" ? "page" : undefined}>
            Plugins
          </a>
        </nav>
        <Status source={source} />
        <div class="actions">
          <Hold source={source} />
          {source.recorded === undefined && (
            <>
              <a class="button" href="/api/recording" download="">
                Export
              </a>
              <a class="button" href="/api/recording.html" download="">
                Save as page
              </a>
            </>
          )}
          <label class="button">
            Open
            <input
              type="file"
              accept=".json,application/json"
              aria-label="Open a recording"
              onChange={({ currentTarget }) => open(currentTarget.files?.[0])}
            />
          </label>
          {source !== first && (
            <button type="button" onClick={() => use(first)}>
              Close
            </button>
          )}
        </div>
      </header>
      {(error ?? source.trouble) && <p role="alert">{error ?? source.trouble}</p>}
      {state?.notice && <pre role="alert">{state.notice}</pre>}
      {state ? <Shown source={source} state={state} place={place} /> : <main aria-busy="true">Loading</main>}
    </>
  );
}

/** Holds requests back, so that one can look at them before they pass. */
function Hold({ source: { state, hold } }: { source: Source }) {
  if (!state?.pause || !hold) return null;
  const { on, waiting } = state.pause;
  if (!on)
    return (
      <button type="button" title="Hold new requests back" onClick={() => hold("pause")}>
        Pause
      </button>
    );
  return (
    <>
      <button
        type="button"
        title="Let the oldest request pass"
        disabled={waiting === 0}
        onClick={() => hold("release")}
      >
        Release 1 of {waiting}
      </button>
      <button type="button" title="Let all requests pass" onClick={() => hold("continue")}>
        Continue
      </button>
    </>
  );
}

/** Shows whether the page is live, and how many requests are kept. */
function Status({ source: { state, recorded, trouble } }: { source: Source }) {
  if (!state) return <p class="status-line" />;
  const { requests, maxRequests, bytes, maxBytes, forgotten, passedOver } = state.ring;
  const kept = `${requests} of ${maxRequests} requests, ${size(bytes)} of ${size(maxBytes)}`;
  return (
    <p class="status-line">
      {recorded === undefined ? (
        <span class={trouble ? "lamp off" : "lamp"}>{trouble ? "disconnected" : "live"}</span>
      ) : (
        <span class="lamp off">recording of {new Date(recorded).toLocaleString()}</span>
      )}{" "}
      <span title={`Masked: ${state.redacted.join(", ")}`}>
        {kept}
        {forgotten > 0 && `, ${forgotten} older removed`}
        {passedOver > 0 && `, ${passedOver} not recorded`}
      </span>
    </p>
  );
}

function Shown({ source, state, place }: { source: Source; state: State; place: Place }) {
  if (place.view === "plugins") return <Plugins source={source} state={state} />;
  const newest = state.requests.at(-1)?.id;
  const id = place.id ?? newest;
  const followed = place.id === undefined;
  const took = state.requests.find((one) => one.id === id)?.took;
  return (
    <main class={followed ? "split following" : "split"}>
      <RequestList requests={state.requests} plugins={state.plugins} selected={id} followed={followed} />
      <div class="detail">
        {id === undefined ? (
          <Empty live={source.recorded === undefined} />
        ) : place.view === "compare" ? (
          <Compare source={source} id={place.id} other={place.other} />
        ) : (
          <Requested key={`${id} ${took}`} source={source} id={id}>
            {(request) =>
              place.view === "replay" && source.replay ? (
                <ReplayForm request={request} send={(one) => (source.replay as NonNullable<Source["replay"]>)(one)} />
              ) : undefined
            }
          </Requested>
        )}
      </div>
    </main>
  );
}

function Empty({ live }: { live: boolean }) {
  return (
    <p class="empty">{live ? `No requests yet (${clock(Date.now())}). Send one through the proxy.` : "No requests."}</p>
  );
}
