import { expect, test } from "vitest";
import { parseReference } from "../reference.ts";
import { endpointOf } from "./endpoint.ts";

test.each([
  ["filter", {}, "https://registry-1.docker.io", "library/filter", "docker.io"],
  ["me/filter:v1", {}, "https://registry-1.docker.io", "me/filter", "docker.io"],
  ["docker.io/filter", {}, "https://registry-1.docker.io", "library/filter", "docker.io"],
  ["index.docker.io/me/filter", {}, "https://registry-1.docker.io", "me/filter", "docker.io"],
  ["ghcr.io/me/filter", {}, "https://ghcr.io", "me/filter", "ghcr.io"],
  ["registry.example:443/filter", {}, "https://registry.example", "filter", "registry.example:443"],
  [
    "registry.example:5000/filter",
    { insecure: true },
    "http://registry.example:5000",
    "filter",
    "registry.example:5000",
  ],
  ["localhost:5000/filter", {}, "http://localhost:5000", "filter", "localhost:5000"],
  ["registry.localhost/filter", {}, "http://registry.localhost", "filter", "registry.localhost"],
  ["127.0.0.2:5000/filter", {}, "http://127.0.0.2:5000", "filter", "127.0.0.2:5000"],
  ["[::1]:5000/filter", {}, "http://[::1]:5000", "filter", "[::1]:5000"],
  ["127.0.0.1.example/filter", {}, "https://127.0.0.1.example", "filter", "127.0.0.1.example"],
  ["localhost.example/filter", {}, "https://localhost.example", "filter", "localhost.example"],
  ["127.0.0.1:5000/filter", { ca: "" }, "https://127.0.0.1:5000", "filter", "127.0.0.1:5000"],
])("%s %j", (text, options, origin, repository, host) => {
  expect(endpointOf(parseReference(text), options)).toMatchObject({ origin, repository, host });
});
