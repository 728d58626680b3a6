import { expect, test } from "vitest";
import { parseDocuments } from "./documents.ts";
import { pluginConfigBytes } from "./plugin-config.ts";

// A configuration in a manifest, and the bytes that a filter gets: recorded from the Go code of Kubernetes and Istio
// (sigs.k8s.io/yaml 1.6.0, then a google.protobuf.Struct, then jsonpb of github.com/golang/protobuf 1.5.4).
test.each([
  ["{}", ""],
  ["header_2: another_value\nheader_1: some_value_1\n", '{"header_1":"some_value_1","header_2":"another_value"}'],
  ["b: [{z: 1, a: true}]\na: <&>\n", '{"a":"\\u003c\\u0026\\u003e","b":[{"a":true,"z":1}]}'],
  ["'<a>': {'&': '>'}\n", '{"\\u003ca\\u003e":{"\\u0026":"\\u003e"}}'],
  ["\"\\U0001F600\": '1'\n\"\\uFF5E\": '2'\n", '{"\uFF5E":"2","\u{1F600}":"1"}'],
  ['"9": nine\n"10": ten\n', '{"10":"ten","9":"nine"}'],
  [
    "a: 9007199254740993\nb: 1e21\nc: 1e20\nd: 1e-7\ne: 0.000001\nf: 1.50\n",
    '{"a":9007199254740992,"b":1e+21,"c":100000000000000000000,"d":1e-7,"e":0.000001,"f":1.5}',
  ],
  ["g: 123456789012345678901234567890\nh: 1e+3\ni: 0x1f\n", '{"g":1.2345678901234568e+29,"h":1000,"i":31}'],
  ["b: -0\nc: 100.0\nd: 5e-324\ne: 1.7976931348623157e308\n", '{"b":0,"c":100,"d":5e-324,"e":1.7976931348623157e+308}'],
  ['a: "\\u2028\\u2029\\b\\f\\n\\r\\t\\v\\0\\x1f"\n', '{"a":"\\u2028\\u2029\\b\\f\\n\\r\\t\\u000b\\u0000\\u001f"}'],
  ['a: "quote \\" back \\\\ slash /"\n', '{"a":"quote \\" back \\\\ slash /"}'],
  ["a: null\nb: []\nc: {}\nd: ''\n", '{"a":null,"b":[],"c":{},"d":""}'],
  ["a: 0777\nb: 1_000\nc: 0o17\nd: 2001-01-01\n", '{"a":511,"b":1000,"c":15,"d":"2001-01-01"}'],
  ["12:30: 12:30\n1: x\n", '{"1":"x","12:30":"12:30"}'],
])("%j", (yaml, delivered) => {
  const [document] = parseDocuments(yaml, "x");
  expect(Buffer.from(pluginConfigBytes(document?.value as object)).toString()).toBe(delivered);
});

test("no configuration is zero bytes", () => expect(pluginConfigBytes(undefined).length).toBe(0));
