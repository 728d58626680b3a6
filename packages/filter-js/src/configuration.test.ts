import { describe, expect, test } from "vitest";
import { readConfiguration } from "./configuration.ts";

const read = (text: string) => readConfiguration(new TextEncoder().encode(text));
const KIND = "value must be a string, an integer, a boolean or a list of these";

test("no bytes ask for nothing", () => {
  expect(readConfiguration(new Uint8Array(0))).toEqual({ headers: [] });
});

test("strings, numbers, booleans and lists become header lines", () => {
  const { headers } = read('{"b":["z",-0,true,""],"A":1e3,"c":false,"d":[],"e":9007199254740991.4}');
  expect(headers).toEqual([
    ["a", "1000"],
    ["b", "z"],
    ["b", "0"],
    ["b", "true"],
    ["b", ""],
    ["c", "false"],
    ["e", "9007199254740991"],
  ]);
});

test("names of Object.prototype and numbers are names like others", () => {
  const { headers } = read('{"__proto__":"1","constructor":"2","10":"3","9":"4"}');
  expect(headers?.map(([name]) => name)).toEqual(["10", "9", "__proto__", "constructor"]);
});

describe("the first fault is told", () => {
  test.each([
    ["\ufeff{}", "not valid JSON"],
    ["[".repeat(33), "nested deeper than 32 levels"],
    ["[".repeat(32), "not valid JSON"],
    [`${"]".repeat(9)}"\\"${"[".repeat(40)}"`, "not valid JSON"],
    ["[]", "expected a JSON object, got array"],
    ["null", "expected a JSON object, got null"],
    ["1e400", "expected a JSON object, got number"],
    ['{"a b":null}', 'header "a b": not a valid header name'],
    ['{"":"x"}', 'header "": not a valid header name'],
    ['{"a\\n":"x"}', 'header "a\\n": not a valid header name'],
    ['{": x":"x"}', 'header ": x": managed by the proxy'],
    ['{"TE":"x"}', 'header "TE": managed by the proxy'],
    ['{"b":null,"A":{}}', `header "A": ${KIND}`],
    ['{"a":["x",["y"]]}', `header "a": ${KIND}`],
    ['{"a":0.5}', 'header "a": number is not a safe integer, quote it'],
    ['{"a":9007199254740991.5}', 'header "a": number is not a safe integer, quote it'],
    ['{"a":" \\u0000"}', 'header "a": value has a line break or control character'],
    ['{"a":" \\ud800"}', 'header "a": value begins or ends with whitespace'],
    ['{"a":"\\ud800"}', 'header "a": value is not well-formed Unicode'],
    ['{"\u{1f600}":1,"\uff5e":1}', 'header "\uff5e": not a valid header name'],
    ['{"\\ud800":1,"\ue000":1}', 'header "\\ud800": not a valid header name'],
  ])("%j", (text, refusal) => {
    expect(read(text)).toEqual({ refusal });
  });

  test("bytes that are not UTF-8, before all else", () => {
    expect(readConfiguration(Uint8Array.of(...Array(40).fill(0x5b), 0xff))).toEqual({ refusal: "not valid UTF-8" });
  });
});
