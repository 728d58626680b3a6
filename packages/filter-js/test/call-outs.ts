import { readFileSync } from "node:fs";
import { answering, embed, type Message } from "proxy-wasm-host";

/** How many requests wait for their answers at the same time. */
const AT_ONCE = 20;

/** The pages of a module's linear memory. */
interface Pages {
  readonly warm: number;
  readonly end: number;
}

const REQUEST: Message = {
  headers: [
    [":method", "GET"],
    [":path", "/accounts"],
    [":authority", "test"],
    ["authorization", "Bearer good"],
  ],
};
const RESPONSE: Message = { headers: [[":status", "200"]], body: new TextEncoder().encode("{}") };

/**
 * Sends requests through an example, each of which makes one call-out, is allowed, and goes on.
 *
 * @param variant the engine that the example is built with
 * @param settle after how many requests its memory must no longer grow
 * @throws Error if a request doesn't pass with the service's header, or the module logs an error
 */
export async function requestsWithCallOuts(
  variant: "javy" | "jco",
  example: "ext-authz" | "ext-authz-async",
  requests: number,
  settle: number,
): Promise<Pages> {
  const module = readFileSync(new URL(`../../filter-${variant}/dist/examples/${example}.wasm`, import.meta.url));
  const errors: string[] = [];
  const host = embed({
    plugins: [{ name: example, module, configuration: new TextEncoder().encode("authorization") }],
    clusters: answering({
      authorization: () => ({
        headers: [
          [":status", "200"],
          ["x-user", "ann"],
        ],
      }),
    }),
    logLevel: "error",
    log: ({ message }) => void errors.push(message),
  });
  const pages = () => host.plugins[0]?.memoryPages ?? 0;
  let warm = 0;
  let left = requests;
  const client = async () => {
    while (left > 0) {
      if (left-- === requests - settle) warm = pages();
      const { atUpstream, atClient } = await host.pass(REQUEST, RESPONSE);
      const user = atUpstream?.headers.find(([name]) => name === "x-user")?.[1];
      if (user !== "ann" || !atClient)
        throw new Error(`${requests - left}: the request didn't pass as ann, but ${user}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  const end = pages();
  host.close();
  if (errors.length > 0) throw new Error(`${errors.length} lines, the first: ${errors[0]}`);
  return { warm, end };
}
