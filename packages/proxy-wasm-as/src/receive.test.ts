import { describe, expect, test } from "vitest";
import { header, Probe } from "./fixtures/probe.ts";
import { RawHost } from "./fixtures/raw-host.ts";

describe("what the host delivers", () => {
  test.each<[what: string, value: string | undefined, line: string]>([
    ["a value", "value", "OK 5 value"],
    ["an empty value", "", "OK 0 "],
    ["nothing", undefined, "NOT_FOUND 0 "],
    ["something larger than the room", "x".repeat(5000), `OK 5000 ${"x".repeat(5000)}`],
  ])("%s, after something else", (_, value, line) => {
    const probe = new Probe();
    for (const first of ["first", undefined]) {
      probe.run("get", first);
      expect(probe.run("get", value).log).toEqual([line]);
    }
  });

  test.each([
    [0, "OK 0 "],
    [10, "INTERNAL_FAILURE 0 "],
  ])("nothing, with the status %i", (status, line) => {
    const probe = new Probe({ faults: { proxy_get_header_map_value: status } });
    expect(probe.run("get", "value").log).toEqual([line]);
  });

  test("takes no memory that is not used again", () => {
    const probe = new Probe();
    const values = ["a".repeat(70_000), "b".repeat(3000), "c".repeat(200_000)];
    const echo = () => values.map((value) => header(probe.run("echo", value).stream, "x-echo"));
    echo();
    const { pages } = probe;
    for (let i = 0; i < 300; i++) expect(echo()).toEqual(values);
    expect(probe.pages).toBe(pages);
    expect(probe.run("giveBack").calls).toEqual([]);
  });

  test("may be allocated in several parts, of which the last one counts", () => {
    const sizes = [70_000, 3000, 200_000];
    const sent: [data: number, size: number][] = [];
    const host = new RawHost({
      proxy_get_header_map_value: (_map, _key, _keySize, data, size) => {
        for (const length of sizes) {
          host.write(data, host.exports.malloc?.(length) ?? 0);
          host.write(size, length);
        }
        return 0;
      },
      proxy_add_header_map_value: (_map, _key, _keySize, data = 0, size = 0) => {
        sent.push([data, size]);
        return 0;
      },
    });
    host.exports.echo?.();
    const { pages } = host;
    for (let i = 0; i < 1000; i++) host.exports.echo?.();
    expect(host.pages).toBe(pages);
    expect(new Set(sent.map(([, size]) => size))).toEqual(new Set([200_000]));
  });
});
