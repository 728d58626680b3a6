import { type Random, randomFrom } from "@wasm-header-filter/cli/random";
import type { Find, Progress } from "./find.ts";
import type { Conversation } from "./input.ts";
import { type SocketFuzz, startSocketFuzz } from "./sockets.ts";

/** How many inputs run at the same time. */
const BATCH = 64;

/**
 * Fuzzes filter-host over sockets until time is up. After a find, filter-host starts again.
 *
 * @param make makes an input
 * @param seed the first input's; the next ones count up from it
 * @param until when to stop, in ms since 1970
 * @param tell called after each batch
 */
export async function fuzzSockets(
  make: (random: Random) => Conversation,
  seed: number,
  until: number,
  tell: (progress: Progress) => void,
): Promise<Find<Conversation>[]> {
  const finds: Find<Conversation>[] = [];
  let fuzz = await startSocketFuzz();
  try {
    for (let at = seed; Date.now() < until; at += BATCH) {
      const inputs = Array.from({ length: BATCH }, (_, index) => make(randomFrom(at + index)));
      const what = await fuzz.carryOut(inputs);
      if (what !== undefined) {
        await fuzz.close();
        finds.push(await narrowed({ seed: at, what, inputs }));
        fuzz = await startSocketFuzz();
      }
      tell({ inputs: at + BATCH - seed, finds: finds.length });
    }
  } finally {
    await fuzz.close();
  }
  return finds;
}

/** Looks for one input of a batch that has an effect alone. */
async function narrowed(find: Find<Conversation>): Promise<Find<Conversation>> {
  const fuzz: SocketFuzz = await startSocketFuzz();
  try {
    for (const [at, input] of find.inputs.entries()) {
      const what = await fuzz.carryOut([input]);
      if (what !== undefined) return { seed: find.seed + at, what, inputs: [input] };
    }
    return find;
  } finally {
    await fuzz.close();
  }
}
