import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { digestOf } from "../digest.ts";
import type { Progress } from "../registry/options.ts";
import { showProgress, withProgress } from "./progress.ts";

const blob = { mediaType: "x/y", digest: digestOf(new Uint8Array()), size: 4000 };
const events: Progress[] = [
  { kind: "blob", direction: "push", blob, done: 0, state: "exists" },
  { kind: "blob", direction: "push", blob, done: 1000, state: "moving" },
  { kind: "blob", direction: "push", blob, done: 1039, state: "moving" },
  { kind: "retry", reason: "r.example/x: tags: 503 Service Unavailable", delay: 1520 },
  { kind: "blob", direction: "push", blob, done: 4000, state: "moving" },
  { kind: "blob", direction: "push", blob, done: 4000, state: "done" },
  { kind: "blob", direction: "pull", blob: { ...blob, size: 0 }, done: 0, state: "moving" },
  { kind: "blob", direction: "pull", blob, done: 4000, state: "done" },
  { kind: "blob", direction: "push", blob, done: 4000, state: "mounted" },
];

function shown(isTTY: boolean): string {
  let text = "";
  const write = (part: string | Uint8Array) => {
    text += part;
    return true;
  };
  const show = showProgress({ isTTY, write });
  for (const event of events) show(event);
  return text;
}

test("lines", () => {
  expect(shown(false).replaceAll(blob.digest, "D")).toBe(
    [
      "exists  D 4.0 kB",
      "r.example/x: tags: 503 Service Unavailable; retrying in 1.5 s",
      "pushed  D 4.0 kB",
      "pulled  D 4.0 kB",
      "mounted D 4.0 kB",
      "",
    ].join("\n"),
  );
});

test("a bar that is drawn over", () => {
  const steps = shown(true).replaceAll(blob.digest, "D").split("\r\x1b[K").map(stripVTControlCharacters);
  expect(steps).toEqual([
    "",
    "exists  D 4.0 kB\n",
    "██████░░░░░░░░░░░░░░░░░░ sha256:e3b0c44298fc 1.0 kB of 4.0 kB",
    "r.example/x: tags: 503 Service Unavailable; retrying in 1.5 s\n",
    "████████████████████████ sha256:e3b0c44298fc 4.0 kB of 4.0 kB",
    "pushed  D 4.0 kB\n",
    "████████████████████████ sha256:e3b0c44298fc 0 B of 0 B",
    "pulled  D 4.0 kB\n",
    "mounted D 4.0 kB\n",
  ]);
});

test.each([true, false])("an error starts on a new line (terminal: %s)", async (isTTY) => {
  let text = "";
  const write = (part: string | Uint8Array) => {
    text += part;
    return true;
  };
  const failing = withProgress({ isTTY, write }, async (progress) => {
    progress({ kind: "blob", direction: "push", blob, done: 1000, state: "moving" });
    throw new Error("cut");
  });
  await expect(failing).rejects.toThrow("cut");
  expect(text.endsWith("\r\x1b[K")).toBe(isTTY);
});
