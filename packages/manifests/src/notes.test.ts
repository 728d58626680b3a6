import { expect, test } from "vitest";
import type { ExtensionModule } from "./extension.ts";
import { moduleNotes } from "./notes.ts";

const url = "oci://a.example/wasm:v1";
const said = (module: ExtensionModule) =>
  moduleNotes(module, ["spec"])
    .find(({ at }) => at.at(-1) === "url")
    ?.text.split("\n") ?? [];

test.each([
  [{ url }, /is answered 403/, /keep it, and others pull the new one/],
  [{ url, failStrategy: "FAIL_OPEN" }, /pass without the filter/, /keep it/],
  [{ url, imagePullPolicy: "Always" }, /403/, /only after this resource changes/],
  [{ url: "oci://a.example/wasm:latest" }, /403/, /only after this resource changes/],
  [{ url: "oci://a.example/wasm" }, /403/, /only after this resource changes/],
  [{ url: "oci://a.example/wasm:latest", imagePullPolicy: "IfNotPresent" }, /403/, /keep it/],
  [{ url: `${url}@sha256:${"ab".repeat(32)}` }, /403/, /nothing changes here/],
  [{ url: "file:///x.wasm" }, /refuses the plugin/, /restart the pod/],
] satisfies [ExtensionModule, RegExp, RegExp][])("%j", (module, pull, move) => {
  const [first, second] = said(module);
  expect(first).toMatch(pull);
  expect(second).toMatch(move);
});
