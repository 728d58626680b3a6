import { readFileSync } from "node:fs";
import { answering, embed, type Message } from "proxy-wasm-host";

/** The ways in which the examples `async` and `timers` wait. */
const WAYS = {
  async: ["one", "shared", "of-a-stream", "twice", "all", "failures", "body", "denied"],
  timers: ["timer", "interval", "time-limit", "tick", "never"],
};

/** How many clients wait at the same time. */
const AT_ONCE = 20;

/** The pages of a module's linear memory. */
export interface Pages {
  readonly warm: number;
  readonly end: number;
}

/**
 * Sends requests through an example's module that wait, each in another way, and whose clients go away. Then a request must pass that waits
 * for nothing.
 *
 * @param variant the engine that the example is built with
 * @param settle after how many requests its memory must no longer grow
 * @throws Error if the last request doesn't pass, or the module logs an error
 */
export async function streamsThatGo(
  variant: "javy" | "jco",
  example: keyof typeof WAYS,
  streams: number,
  settle: number,
): Promise<Pages> {
  const module = readFileSync(new URL(`../../filter-${variant}/dist/examples/${example}.wasm`, import.meta.url));
  const errors: string[] = [];
  const host = embed({
    plugins: [{ name: example, module }],
    clusters: answering({ service: () => new Promise(() => {}), dead: () => undefined }),
    logLevel: "error",
    log({ message }) {
      // A busy machine may not be faster than the example's time limit.
      if (!message.includes("TimeLimitPassed")) errors.push(message);
    },
  });
  const pages = () => host.plugins[0]?.memoryPages ?? 0;
  const ways = WAYS[example];
  let warm = 0;
  const open: ReturnType<typeof host.openStream>[] = [];
  for (let at = 0; at < streams; at++) {
    const stream = host.openStream();
    stream.request(request(ways[at % ways.length]));
    open.push(stream);
    if (open.length === AT_ONCE) for (const each of open.splice(0)) each.end();
    if (at === settle) warm = pages();
    // Lets timers and answers of the host come.
    if (at % 1000 === 0) await new Promise((resolve) => setTimeout(resolve));
  }
  for (const each of open) each.end();
  const last = host.openStream();
  last.request({ headers: HEADERS });
  if (!last.atUpstream) throw new Error("a request that waits for nothing doesn't pass");
  last.end();
  const end = pages();
  host.close();
  if (errors.length > 0) throw new Error(`${errors.length} lines, the first: ${errors[0]}`);
  return { warm, end };
}

const HEADERS: Message["headers"] = [
  [":method", "POST"],
  [":path", "/"],
  [":authority", "test"],
];

function request(way = ""): Message {
  return { headers: [...HEADERS, ["waits", way]], body: new TextEncoder().encode("body") };
}
