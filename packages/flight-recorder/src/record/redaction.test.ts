import { expect, test } from "vitest";
import { KnownSecrets, MASK } from "./known-secrets.ts";
import { Redaction, Secrets } from "./redaction.ts";

test("known secrets are found anywhere in a text, the longest first, and the oldest are forgotten", () => {
  const known = new KnownSecrets();
  for (const secret of ["topsecret", "Bearer topsecret", "secret-2", "short", "ééééééé"]) known.add(secret);
  expect(known.clean("Bearer topsecret, topsecretsecret-2 and Bearer topsecre")).toBe(
    `${MASK}, ${MASK}${MASK} and Bearer topsecre`,
  );
  for (const text of ["", "topsecre", "short", "x".repeat(10_000)]) expect(known.clean(text)).toBe(text);
  expect(known.clean("xééééééé")).toBe(`x${MASK}`);
  expect(known.clean(`${"x".repeat(1000)}topsecret${"y".repeat(1000)}`)).toBe(
    `${"x".repeat(1000)}${MASK}${"y".repeat(1000)}`,
  );
  for (let count = 0; count < 5000; count++) known.add(`generated-${count}`);
  expect([known.size, known.clean("topsecret"), known.clean("generated-4999")]).toEqual([4096, "topsecret", MASK]);
  known.add("generated-904");
  known.add("one-more");
  expect([known.clean("generated-904"), known.clean("generated-905"), known.clean("generated-906")]).toEqual([
    MASK,
    "generated-905",
    MASK,
  ]);
  for (let count = 0; count < 10; count++) known.add(String(count).repeat(500_000));
  expect(known.size).toBe(2);
});

test.each([
  ["/a?token=abc&b=1", `/a?token=${MASK}&b=1`],
  ["/a?b=1&token=abc%20d#e", `/a?b=1&token=${MASK}#e`],
  ["token=abc", `token=${MASK}`],
  ["TOKEN=abc&%74oken=d", `TOKEN=${MASK}&%74oken=${MASK}`],
  ["GET /a?token=abc HTTP/1.1", `GET /a?token=${MASK} HTTP/1.1`],
  ["/a?token=a=b;c", `/a?token=${MASK}`],
  ["/a?token=&tokens=1&mytoken=2&token", "/a?token=&tokens=1&mytoken=2&token"],
  ["/token=a", "/token=a"],
])("the parameter token of %s is masked", (text, masked) => {
  expect(new Redaction(["query:Token"]).clean(text)).toBe(masked);
});

test("the value of a parameter is masked elsewhere too, as it was sent and decoded", () => {
  const secrets = new Secrets(new Redaction(["query:key"]));
  expect(secrets.headers([[":path", "/a?key=top%20secret"]])).toEqual([[":path", `/a?key=${MASK}`]]);
  expect(secrets.clean("top%20secret or top secret")).toBe(`${MASK} or ${MASK}`);
});

test.each([
  ["auth.token", '{"auth":{"token":"abc","user":"u"}}', `{"auth":{"token":"${MASK}","user":"u"}}`],
  ["auth", '{"auth":{"token":"abc","list":[1,true]}}', `{"auth":{"token":"${MASK}","list":["${MASK}","${MASK}"]}}`],
  [
    "keys.secret",
    '{"keys":[{"secret":"a"},{"secret":"b","id":1}]}',
    `{"keys":[{"secret":"${MASK}"},{"secret":"${MASK}","id":1}]}`,
  ],
  ["keys.1", '{"keys":["a","b"]}', `{"keys":["a","${MASK}"]}`],
  ["keys.1.id", '{"keys":[{"id":1},{"id":2}]}', `{"keys":[{"id":1},{"id":"${MASK}"}]}`],
  [
    "*.password",
    '{"a":{"password":"x"},"b":{"password":"y"}}',
    `{"a":{"password":"${MASK}"},"b":{"password":"${MASK}"}}`,
  ],
  ["a\\.b", '{"a.b":"x","a":{"b":"y"}}', `{"a.b":"${MASK}","a":{"b":"y"}}`],
  ["pin", '{"pin":1234}', `{"pin":"${MASK}"}`],
  ["__proto__", '{"__proto__":"x"}', `{"__proto__":"${MASK}"}`],
  ["none", '{"a":  1}', '{"a":  1}'],
  ["*", "no json", MASK],
  ["a", "no json", "no json"],
])("config:%s masks %s", (path, text, masked) => {
  expect(new Redaction([`config:${path}`]).configuration(text)).toBe(masked);
});

test("a value of a configuration is masked elsewhere too, in each way that JSON may write it", () => {
  const redaction = new Redaction(["config:key", "config:pin"]);
  const value = 'top<&>"secret';
  redaction.configure([
    { configuration: Buffer.from(JSON.stringify({ key: value, pin: "abc" })) },
    { unavailable: "x" },
  ]);
  for (const text of [value, JSON.stringify(value).slice(1, -1), 'top\\u003c\\u0026\\u003e\\"secret'])
    expect(redaction.clean(`a ${text} b`)).toBe(`a ${MASK} b`);
  expect(redaction.clean('{"pin": "abc", "abc": "abcd"}')).toBe(`{"pin": "${MASK}", "${MASK}": "abcd"}`);
  expect(redaction.clean("abc")).toBe(MASK);
});

test("a secret of one request is masked in all, an authorization also as user name and password", () => {
  const redaction = new Redaction();
  const basic = Buffer.from("someone:password").toString("base64");
  new Secrets(redaction).headers([["authorization", `Basic ${basic}`]]);
  expect(new Secrets(redaction).clean(`${basic} someone:password password`)).toBe(`${MASK} ${MASK} ${MASK}`);
  const utf8 = Buffer.from("pässwörd", "utf8").toString("latin1");
  new Secrets(redaction).header("cookie", utf8);
  expect([redaction.clean("pässwörd"), redaction.clean(utf8)]).toEqual([MASK, MASK]);
});

test("rules are listed, and a wrong one is named", () => {
  expect(new Redaction(["X-Key", "query:token", "config:a.b"]).rules).toEqual([
    "authorization",
    "cookie",
    "proxy-authorization",
    "set-cookie",
    "x-key",
    "query:token",
    "config:a.b",
  ]);
  for (const rule of ["", "query:", "config:", "other:x", "a b"])
    expect(() => new Redaction([rule])).toThrow(/expected the name of a header/);
});
