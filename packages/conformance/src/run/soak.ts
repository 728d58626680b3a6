import { embed, type Message } from "@wasm-header-filter/filter-host";
import type { Case, Soak } from "../cases/case.ts";
import { COUNTER } from "../cases/contract.ts";
import { difference } from "../cases/difference.ts";

const HEADERS: Message["headers"] = [
  [":method", "GET"],
  [":path", "/"],
  [":authority", "httpbin:8000"],
  ["accept", "*/*"],
];
const PLAIN: Message = { headers: HEADERS };
const HELLO: Message = { headers: [...HEADERS, ["hello", "something"]] };
const UPLOAD: Message = { headers: [...HEADERS, ["hello", ""]], body: Buffer.from("body"), trailers: [["hello", "x"]] };
const ANSWER: Message = {
  headers: [
    [":status", "200"],
    ["content-type", "text/plain"],
  ],
  body: Buffer.from("body"),
};

/** The kinds of streams, in turn: the request, and whether it is answered or dropped before. */
const TURNS: readonly { readonly ask?: Message; readonly answered: boolean }[] = [
  { ask: PLAIN, answered: true },
  { ask: HELLO, answered: true },
  { ask: HELLO, answered: false },
  { ask: UPLOAD, answered: true },
  { ask: PLAIN, answered: false },
  { answered: false },
];

/** After how many streams memory is checked, and other work of this process can run. */
const LOOK = 10_000;

/**
 * Sends streams through a case's filters in filter-host without sockets; some are dropped before the answer, some before the request. Stops
 * early once memory has grown.
 *
 * @returns one line for each difference: memory that grew after so many streams as it may take to settle, a wrong count, an answer unlike
 *   the first
 */
export async function soak(of: Case, module: Uint8Array, { streams, settle, growth }: Soak): Promise<string[]> {
  const embedded = embed({
    plugins: of.filters.map(({ rootId, configuration }, at) => ({
      name: `${of.name}-${at}`,
      module,
      rootId,
      configuration,
    })),
    log: () => {},
  });
  const states = embedded.plugins.map(({ state }) => state);
  if (states.some((state) => state !== "running")) return difference("filters", "all running", states.join(", "));
  const pages = () => embedded.plugins.map(({ memoryPages }) => memoryPages);
  const grown = (from: readonly number[]) => pages().some((now, at) => now > (from[at] ?? 0) * (1 + growth));

  const count = () => Number(embedded.counters().get(COUNTER));
  const [before, first] = [count(), headersOf(embedded.openStream())];
  let [flat, counted, unlike] = [pages(), 0, 0];
  for (let at = 0; at < streams; at++) {
    const { ask, answered } = TURNS[at % TURNS.length] ?? { answered: false };
    const stream = embedded.openStream();
    if (ask) stream.request(ask);
    if (answered) stream.respond(ANSWER);
    if (answered && stream.atClient?.headers.length !== first.length) unlike++;
    if (ask && ask !== PLAIN) counted++;
    stream.end();
    if (at === settle) flat = pages();
    if (at % LOOK === 0) {
      if (at > settle && grown(flat)) break;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return [
    ...(grown(flat) ? difference("pages of linear memory", flat, pages()) : []),
    ...difference(`counters: ${COUNTER}`, counted * of.filters.length, count() - before),
    ...difference("answers unlike the first", 0, unlike),
    ...difference("headers of the last answer", first, headersOf(embedded.openStream())),
  ];
}

/** What a client gets for a plain request. */
function headersOf(stream: ReturnType<ReturnType<typeof embed>["openStream"]>): Message["headers"] {
  stream.request(PLAIN);
  stream.respond(ANSWER);
  stream.end();
  return stream.atClient?.headers ?? [];
}
