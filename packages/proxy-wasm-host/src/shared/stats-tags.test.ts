import { expect, test } from "vitest";
import { extractTags } from "./stats-tags.ts";

const SOURCE = { name: "source", pattern: /(source=\.=(.*?);\.;)/ };
const KIND = { name: "kind", pattern: /^wasmcustom\.typed(\.\w+)/ };

test.each([
  ["plain", [SOURCE], "plain", []],
  ["source=.=a.b;.;requests", [SOURCE], "requests", [["source", "a.b"]]],
  ["typed.x.rest", [KIND], "typed.rest", [["kind", ".x"]]],
  ["my_rq_404", [], "my_rq", [["envoy.response_code", "404"]]],
  ["my_rq_4xx", [], "my_rq_xx", [["envoy.response_code_class", "4"]]],
  ["source=.=a;.;b", [SOURCE, { ...SOURCE, pattern: /(b)/ }], "b", [["source", "a"]]],
  ["b", [{ name: "no-group", pattern: /b/ }], "b", []],
] as const)("%s", (name, tags, rest, labels) => {
  expect(extractTags(name, tags)).toEqual({ name: rest, labels });
});
