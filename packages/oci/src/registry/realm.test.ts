import { expect, test } from "vitest";
import { refusedRealm } from "./realm.ts";

test.each([
  ['Basic realm="r"', 'realm scheme "" not allowed'],
  ['Basic realm="a registry"', 'realm scheme "" not allowed'],
  ['Basic realm=""', 'realm scheme "" not allowed'],
  ['Bearer realm="/token"', 'realm scheme "" not allowed'],
  ['Bearer realm="//auth.example/token"', 'realm scheme "" not allowed'],
  ['Bearer realm="auth.example:5000/token"', 'realm scheme "auth.example" not allowed'],
  ['Bearer realm="file:///etc/passwd"', 'realm scheme "file" not allowed'],
  ['Bearer realm="https:///token"', "realm missing host"],
  ['Bearer realm="https:token"', "realm missing host"],
  ['Bearer realm="https://:443/token"', "realm missing host"],
  ['Bearer realm="http://metadata.google.internal/x"', "realm targets cloud metadata service"],
  ['Bearer realm="http://localhost:5000/token"', "realm targets localhost"],
  ...["127.0.0.1", "127.9.9.9", "10.1.2.3", "172.31.0.1", "192.168.1.1", "169.254.169.254"].map((ip) => [
    `Bearer realm="http://${ip}:5000/token"`,
    "realm targets private/loopback/link-local IP",
  ]),
  ...["[::1]", "[fd00::1]", "[fe80::1]", "[::ffff:127.0.0.1]"].map((ip) => [
    `Bearer realm="https://user@${ip}/token"`,
    "realm targets private/loopback/link-local IP",
  ]),
  // Each realm counts, of whatever scheme, in one line or several.
  ['Bearer realm="https://auth.example/token", Basic realm="r"', 'realm scheme "" not allowed'],
])("%s: %s", (header, reason) => {
  expect(refusedRealm(header)).toBe(reason);
});

test.each([
  'Bearer realm="https://auth.example/token",service="s"',
  'Bearer realm="HTTP://auth.example:5000/token"',
  'Basic realm="https://registry.example"',
  'Bearer realm="https://172.32.0.1/token"',
  'Bearer realm="https://127.0.0.1.example/token"',
  'Bearer realm="https://[2001:db8::1]/token"',
  // Only what is written like this is looked at.
  "Basic realm=r",
  'Basic Realm="r"',
  'Basic realm="r',
  "Basic",
  "",
])("taken: %s", (header) => {
  expect(refusedRealm(header)).toBeUndefined();
});
