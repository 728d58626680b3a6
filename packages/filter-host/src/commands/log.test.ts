import { filter, filters, on } from "proxy-wasm-host/testing";
import { expect, test, vi } from "vitest";
import { logLevel, logLine } from "./log.ts";

test("a message is printed byte for byte, whatever its bytes are", () => {
  const written: Buffer[] = [];
  vi.spyOn(process.stderr, "write").mockImplementation((bytes) => written.push(bytes as Buffer) > 0);
  const lines = ["caf\\e9 \\ff", "caf\\c3\\a9", "two\\0alines"];
  const module = filter(
    on("proxy_on_request_headers", lines.map((text) => `(drop (call $proxy_log (i32.const 2) "${text}"*))`).join("")),
  );
  filters(module, {}, { log: logLine }).pass();
  vi.restoreAllMocks();
  const said = written.map((bytes) => bytes.subarray(bytes.indexOf("p: ") + 3).toString("latin1"));
  expect(said).toEqual(["caf\xe9 \xff\n", "caf\xc3\xa9\n", "two\nlines\n"]);
});

test("a level in Envoy's words", () => {
  expect(["trace", "warn", "warning", "off"].map(logLevel)).toEqual(["trace", "warn", "warn", "off"]);
  expect(() => logLevel("loud")).toThrow(
    "--log-level loud: expected one of trace, debug, info, warn, error, critical, off",
  );
});
