import { expect, test } from "vitest";
import { masked } from "../examples/redact/mask.ts";

const FIELDS = new Set(["password", "toString", ""]);

test.each([
  ['{"password":"a"}', '{"password":"*"}'],
  ['{ "password" : 12.50 , "n": 12345678901234567890 }', '{ "password" : "*" , "n": 12345678901234567890 }'],
  [
    '{"a":[{"password":[1,{"password":2}]},{"password":null}],"b":1}',
    '{"a":[{"password":"*"},{"password":"*"}],"b":1}',
  ],
  ['{"password":{"x":{}},"password":true}', '{"password":"*","password":"*"}'],
  [String.raw`{"p\u0061ssword":"a\"b\\"}`, String.raw`{"p\u0061ssword":"*"}`],
  [
    '{"a":"password","b":["password"],"c":"\\"password\\":1"}',
    '{"a":"password","b":["password"],"c":"\\"password\\":1"}',
  ],
  ['{"toString":1,"":2,"constructor":3}', '{"toString":"*","":"*","constructor":3}'],
  ['\n{"password":\t[ ]\r\n}\n', '\n{"password":\t"*"\r\n}\n'],
  ['["password",1]', '["password",1]'],
  ['"password"', '"password"'],
  ["17", "17"],
])("%s", (json, expected) => expect(masked(json, FIELDS, '"*"')).toBe(expected));

test.each(["", "{", '{"password":1', '{"password":01}', "{'password':1}", "[".repeat(101) + "]".repeat(101)])(
  "%s is not looked at",
  (text) => expect(masked(text, FIELDS, '"*"')).toBe(undefined),
);

test("what is masked is what JSON.parse finds", () => {
  let state = 1;
  const next = (below: number) => {
    state = (Math.imul(state, 48271) >>> 0) % 0x7fffffff;
    return state % below;
  };
  const names = ["a", "password", 'quo"te', "b\\", "é{", "toString"];
  const value = (depth: number): unknown => {
    const kind = next(depth > 4 ? 3 : 5);
    if (kind === 0) return names[next(names.length)];
    if (kind === 1) return next(1000) / 8;
    if (kind === 2) return [null, true, ""][next(3)];
    if (kind === 3) return Array.from({ length: next(4) }, () => value(depth + 1));
    return Object.fromEntries(Array.from({ length: next(4) }, () => [names[next(names.length)], value(depth + 1)]));
  };
  const expected = (given: unknown): unknown => {
    if (typeof given !== "object" || given === null) return given;
    if (Array.isArray(given)) return given.map(expected);
    return Object.fromEntries(
      Object.entries(given).map(([name, inner]) => [name, FIELDS.has(name) ? "*" : expected(inner)]),
    );
  };
  for (let count = 0; count < 500; count++) {
    const given = value(0);
    const text = JSON.stringify(given, undefined, next(3));
    expect(JSON.parse(masked(text, FIELDS, '"*"') ?? "")).toEqual(expected(given));
  }
});
