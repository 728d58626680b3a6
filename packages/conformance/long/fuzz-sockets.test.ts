import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { startSocketFuzz } from "../src/fuzz/sockets.ts";

const FRAIL = fileURLToPath(new URL("../src/fuzz/fixtures/frail-host.ts", import.meta.url));

test.each([
  ["exit", /^filter-host ended: status 1/],
  ["socket", /^filter-host keeps \d+ sockets/],
  ["memory", /^filter-host keeps .* and \d+ bytes/],
  ["chatty", /^filter-host logged 1000 lines, expected at most 40$/],
  ["internal", /^internal error at a request/],
  ["deaf", /^filter-host does not answer a plain request$/],
  ["nothing of all that", undefined],
])("a host with a fault is found: %s", async (text, found) => {
  const fuzz = await startSocketFuzz({ program: FRAIL, limit: 1_000 });
  try {
    const what = await fuzz.carryOut([{ client: [text], end: "fin", upstream: [] }]);
    if (found) expect(what).toMatch(found);
    else expect(what).toBeUndefined();
  } finally {
    await fuzz.close();
  }
});
