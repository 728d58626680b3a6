import { setTimeout as delay } from "node:timers/promises";
import type { Random } from "@wasm-header-filter/cli/random";
import { embed, type Message } from "@wasm-header-filter/filter-host";
import { EngineError } from "proxy-wasm-host";

/** The time limit of a callback in ms; only loops without an end reach it. */
const CALLBACK = 20;
/** Memory of a module that grows without an end, in bytes. */
const MEMORY = 64 * 1024 * 1024;
/** A service that refuses connections. */
const CLUSTER = new URL("http://127.0.0.1:1");

const REQUEST: Message = {
  headers: [
    [":method", "POST"],
    [":scheme", "http"],
    [":path", "/"],
    [":authority", "a.example"],
    ["hello", "something"],
  ],
};
const RESPONSE: Message = {
  headers: [
    [":status", "200"],
    ["content-type", "text/plain"],
  ],
};
const BODY = Buffer.from("hello, world");

/**
 * Loads a module as a plugin and sends streams through it, some of them cut short.
 *
 * @returns what the engine did wrong, in one line; undefined if it refused the module, or ran it, with errors of its own kind
 */
export async function tryModule(module: Uint8Array, random: Random): Promise<string | undefined> {
  const internal: string[] = [];
  const configuration = Buffer.from(random.pick(["", "hello"]));
  const plugin = {
    module,
    configuration,
    failPolicy: random.pick(["close", "open", "reload"] as const),
    vmId: random.pick(["", "shared"]),
  };
  try {
    const host = embed({
      plugins: [
        { ...plugin, name: "one" },
        { ...plugin, name: "two", rootId: "other" },
      ],
      clusters: { c: CLUSTER, hello: CLUSTER },
      callbackTimeout: CALLBACK,
      memoryLimit: MEMORY,
      log: ({ source, message }) => {
        if (source !== "filter" && /^internal error/.test(message)) internal.push(message);
      },
    });
    try {
      const wrong = host.plugins.find(({ reason }) => reason !== undefined && !(reason instanceof EngineError));
      if (wrong) return `a plugin is not running because of ${String(wrong.reason)}`;
      for (let times = 0; times < 4; times++) {
        const stream = host.openStream();
        if (!random.oneIn(8)) stream.request(message(random, REQUEST));
        if (random.oneIn(4)) host.reconfigure("one", random.bytes(random.below(9)));
        if (!random.oneIn(8) && stream.atUpstream) stream.respond(message(random, RESPONSE));
        // Call-outs fail, queues and timers fire.
        if (random.oneIn(8)) await delay(1);
        stream.end();
      }
      host.stats();
    } finally {
      host.close();
    }
  } catch (error) {
    if (!(error instanceof EngineError))
      return `the engine throws ${error instanceof Error ? error.stack : String(error)}`;
  }
  return internal[0];
}

function message(random: Random, { headers }: Message): Message {
  return {
    headers,
    ...(random.oneIn(2) && { body: random.oneIn(4) ? new Uint8Array(200_000) : BODY }),
    ...(random.oneIn(4) && { trailers: [["trailer", "x"]] as const }),
  };
}
