import { expect, test } from "vitest";
import { parseChallenges } from "./challenge.ts";

test.each([
  ['Basic realm="a registry"', [{ scheme: "basic", parameters: { realm: "a registry" } }]],
  [
    'Bearer realm="https://auth.example/token",service="registry.example",scope="repository:a/b:pull,push repository:c:pull"',
    [
      {
        scheme: "bearer",
        parameters: {
          realm: "https://auth.example/token",
          service: "registry.example",
          scope: "repository:a/b:pull,push repository:c:pull",
        },
      },
    ],
  ],
  [
    'Negotiate, NTLM dGVzdA==, Basic Realm = "a \\"b\\", c" , BEARER error=invalid_token , realm="https://x"',
    [
      { scheme: "negotiate", parameters: {} },
      { scheme: "ntlm", parameters: {} },
      { scheme: "basic", parameters: { realm: 'a "b", c' } },
      { scheme: "bearer", parameters: { error: "invalid_token", realm: "https://x" } },
    ],
  ],
  ['Basic realm="never closed', [{ scheme: "basic", parameters: {} }]],
  ["", []],
])("%s", (header, challenges) => {
  expect(parseChallenges(header)).toEqual(challenges);
});
