import type {
  BackgroundView,
  Overview,
  ReplayRequest,
  RequestSummary,
  RequestView,
  Sample,
} from "../src/archive/recording.ts";
import type { Source, State } from "./source.ts";

/** The number of seconds that the plots show. */
const SAMPLES = 600;

/** The host that serves this page. */
export class LiveSource implements Source {
  state: State | undefined;
  trouble: string | undefined;
  readonly #listeners = new Set<() => void>();

  constructor() {
    const events = new EventSource("/api/events");
    // The state has the updates that were missed without a connection.
    events.addEventListener("open", () => void this.#load());
    events.addEventListener("error", () => this.#set({ trouble: "The host does not respond. Reconnecting." }));
    events.addEventListener("requests", ({ data }) => this.#update(JSON.parse(data)));
    events.addEventListener("sample", ({ data }) => this.#sample(JSON.parse(data)));
  }

  subscribe(changed: () => void): () => void {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  }

  request = (id: number): Promise<RequestView> => ask(`/api/requests/${id}`);

  background = (): Promise<BackgroundView[]> => ask("/api/background");

  async replay(request: ReplayRequest): Promise<number> {
    const { id } = await ask<{ id: number }>("/api/replay", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(request),
    });
    return id;
  }

  async hold(what: "pause" | "release" | "continue"): Promise<void> {
    await ask(`/api/${what}`, { method: "POST", headers: { "content-type": "application/json" }, body: "{}" });
  }

  async #load(): Promise<void> {
    try {
      this.#set({ state: await ask<State>("/api/state"), trouble: undefined });
    } catch (error) {
      this.#set({ trouble: (error as Error).message });
    }
  }

  #update({ requests, overview }: { requests: readonly RequestSummary[]; overview: Overview }): void {
    if (!this.state) return;
    const byId = new Map(this.state.requests.map((one) => [one.id, one]));
    for (const one of requests) byId.set(one.id, one);
    const sorted = [...byId.values()].sort((left, right) => left.id - right.id).slice(-overview.ring.requests);
    this.#set({ state: { ...this.state, ...overview, requests: sorted } });
  }

  #sample(sample: Sample): void {
    if (!this.state) return;
    this.#set({ state: { ...this.state, samples: [...this.state.samples, sample].slice(-SAMPLES) } });
  }

  #set(change: { state?: State; trouble?: string | undefined }): void {
    Object.assign(this, change);
    for (const changed of this.#listeners) changed();
  }
}

async function ask<Answer>(path: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(path, init);
  const answer = await response.json();
  if (!response.ok) throw new Error((answer as { error?: string }).error ?? `status ${response.status}`);
  return answer as Answer;
}
