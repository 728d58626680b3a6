import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Host, startHost } from "@wasm-header-filter/filter-host";
import { temporaryFolder } from "../environment/temporary.ts";
import type { EnvoyListener } from "../proxies/envoy/bootstrap.ts";
import { startEnvoy } from "../proxies/envoy/start.ts";
import { LISTENERS, OK, type RouterCase } from "./case.ts";
import { decode, type Observed, steady, talk } from "./exchange.ts";
import { OBEDIENT } from "./module.ts";
import { talkHttp2 } from "./talk-http2.ts";
import { startScriptedUpstream } from "./upstream.ts";

/** A proxy with a listener of each kind, the obedient filter and a scripted upstream. */
export interface Router {
  /** Carries out an exchange; one at a time. */
  run(of: RouterCase, pace: Pace): Promise<Observed>;
  close(): Promise<void>;
}

/** A port of 127.0.0.1 where nothing listens: only a privileged process could. */
const DEAD = new URL("http://127.0.0.1:1");

/** A name that is too long to have an address. */
const NOWHERE = new URL(`http://${"a".repeat(64)}.invalid`);

/** Listeners whose upstream is a cluster of their own. */
const CLUSTERS: ReadonlySet<string> = new Set(["dead", "nowhere", "http2"] satisfies RouterCase["listener"][]);

/** The stream idle timeouts of listeners, in ms. */
const IDLE: Readonly<Record<string, number>> = { idle: 100, patient: 3000 };

/** The limits of an exchange, in ms; they are longer when it is tried again, for a busy machine. */
export interface Pace {
  readonly limit: number;
  readonly longer: number;
  readonly idle: (typeof LISTENERS)[number];
}

/** From one for an idle machine to one for a very busy one. */
export const PACES: readonly Pace[] = [
  { limit: 50, longer: 250, idle: "idle" },
  { limit: 500, longer: 2000, idle: "patient" },
  { limit: 2500, longer: 10_000, idle: "patient" },
];

/** Turns of 5 ms after which a stream's log must have come. */
const PATIENCE = 400;

/** A request as the upstream got it; how much time is left for a retry differs between runs. */
const asked = (text: string, at: number): string =>
  at === 0 ? steady(text) : steady(text).replace(/(expected-rq-timeout-ms: )\d{3,}/, "$1N");

const AFTERWARDS = {
  send: "GET /afterwards HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n",
  later: undefined,
  leave: undefined,
  upstream: [[OK]],
} as const;

/** Starts filter-host. */
export async function startHostRouter(): Promise<Router> {
  const upstream = await startScriptedUpstream();
  const lines: string[] = [];
  const urls: Readonly<Record<string, URL>> = {
    dead: DEAD,
    nowhere: NOWHERE,
    http2: new URL(`h2c://${upstream.http2.host}`),
  };
  const hosts = new Map<string, Host>();
  for (const listener of LISTENERS) {
    hosts.set(
      listener,
      await startHost({
        plugins: [{ name: "obedient", module: OBEDIENT }],
        upstream: urls[listener] ?? upstream.url,
        streamIdleTimeout: IDLE[listener],
        log: ({ source, message }) => source === "filter" && lines.push(message),
      }),
    );
  }
  return router(
    upstream,
    (listener) => (hosts.get(listener) as Host).url,
    () => lines.splice(0),
    async () => {
      for (const host of hosts.values()) await host.close();
    },
  );
}

/** Starts Envoy. @param path the program */
export async function startEnvoyRouter(path: string): Promise<Router> {
  const upstream = await startScriptedUpstream();
  const folder = temporaryFolder("router");
  const module = join(folder.path, "obedient.wasm");
  writeFileSync(module, OBEDIENT);
  const listeners = LISTENERS.map(
    (name): EnvoyListener => ({
      name,
      filters: [{ name: `obedient-${name}`, module }],
      ...(CLUSTERS.has(name) && { cluster: name }),
      ...(IDLE[name] !== undefined && { streamIdleTimeout: IDLE[name] }),
    }),
  );
  const envoy = await startEnvoy({
    envoy: path,
    upstream: upstream.url,
    listeners,
    clusters: new Map([
      ["dead", { url: DEAD }],
      ["nowhere", { url: NOWHERE }],
      ["http2", { url: upstream.http2, http2: true }],
    ]),
  });
  return router(
    upstream,
    (listener) => envoy.url(listener),
    () =>
      envoy
        .log()
        .flatMap(({ component, text }) => (component === "wasm" ? (/: ([qrbl]\d.*)$/.exec(text)?.[1] ?? []) : [])),
    async () => {
      await envoy.close();
      folder.remove();
    },
  );
}

function router(
  upstream: Awaited<ReturnType<typeof startScriptedUpstream>>,
  url: (listener: string) => URL,
  read: () => string[],
  close: () => Promise<void>,
): Router {
  return {
    async run(of, { limit, longer, idle }) {
      read();
      const listener = of.listener === "idle" ? idle : of.listener;
      const send = of.send.replaceAll("LIMIT", String(limit)).replaceAll("LONGER", String(longer));
      const told = (text: string, at: number) =>
        asked(text, at)
          .replace(`timeout-ms: ${limit}\r`, "timeout-ms: LIMIT\r")
          .replace(`timeout-ms: ${longer}\r`, "timeout-ms: LONGER\r");
      const play = upstream.play(of.upstream);
      const client = await (of.http2
        ? talkHttp2(url(listener), of, play).then(steady)
        : talk(url(listener), { ...of, send }, play));
      const lines = read();
      // What filters do not see is over once they have seen the next exchange.
      if (of.silent) await talk(url(listener), AFTERWARDS, upstream.play(AFTERWARDS.upstream));
      for (let turn = 0; turn < PATIENCE && !lines.some((line) => line.startsWith("l5")); turn++) {
        await delay(5);
        lines.push(...read());
      }
      return { client, upstream: of.leave === "sent" ? [] : play.received.map(told), seen: decode(lines) };
    },
    async close() {
      await close();
      await upstream.close();
    },
  };
}
