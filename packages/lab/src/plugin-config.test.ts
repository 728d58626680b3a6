import { expect, test } from "vitest";
import { pluginConfigBytes } from "./plugin-config.ts";

test.each([
  [undefined, ""],
  [{}, ""],
  [{ header_2: "another_value", header_1: "some_value_1" }, '{"header_1":"some_value_1","header_2":"another_value"}'],
  [{ b: [{ z: 1, a: true }], a: "<&>" }, '{"a":"\\u003c\\u0026\\u003e","b":[{"a":true,"z":1}]}'],
  [{ "\u{1F600}": "1", "\uFF5E": "2" }, '{"\uFF5E":"2","\u{1F600}":"1"}'],
  [{ "9": "nine", "10": "ten" }, '{"10":"ten","9":"nine"}'],
])("%j", (config, expected) => {
  expect(Buffer.from(pluginConfigBytes(config)).toString()).toBe(expected);
});
