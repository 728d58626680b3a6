import { beforeEach, describe, expect, test } from "vitest";
import type { Pair } from "./fixtures/engine.ts";
import { Probe } from "./fixtures/probe.ts";

let probe: Probe;

beforeEach(() => {
  probe = new Probe();
});

test.each(["logText", "rename", "answer"])("what %s needs for a call is given back", (use) => {
  probe.run(use);
  const { pages } = probe;
  for (let i = 0; i < 20_000; i++) probe.run(use);
  expect(probe.pages).toBe(pages);
});

test("text goes out as UTF-8", () => {
  const bytes = Buffer.concat([Buffer.from("é 😀 "), Buffer.from("eda08021", "hex")]);
  expect(probe.run("logText").calls).toEqual([["proxy_log", "warn", new Uint8Array(bytes)]]);
});

test("a status without a name is a number", () => {
  expect([8, 9, 12, 13, -1].map((status) => probe.run(`statusName ${status}`).log[0])).toEqual([
    "CAS_MISMATCH",
    "9",
    "UNIMPLEMENTED",
    "13",
    "4294967295",
  ]);
});

describe("maps of headers", () => {
  test("are read and written", () => {
    const { calls } = probe.run("rename", "");
    const read: Pair[] = [
      [":authority", "h"],
      [":path", "/"],
      [":method", "GET"],
      [":scheme", "http"],
      ["x-probe", "rename"],
      ["x-name", ""],
    ];
    const written = [...read.map(([name, value]) => [`x-${name}`, value]), ["added", "last"]];
    expect(calls[1]).toEqual(["proxy_set_header_map_pairs", "request_headers", written]);
  });

  test("may be empty", () => {
    const { calls } = new Probe({ faults: { proxy_get_header_map_pairs: 0 } }).run("rename");
    expect(calls[1]).toEqual(["proxy_set_header_map_pairs", "request_headers", [["added", "last"]]]);
  });

  test("go with a local response", () => {
    const { calls, stream } = probe.run("answer");
    expect(calls).toEqual([["proxy_send_local_response", 418, "x-name", "short and stout", [["a", "1"]], 7]]);
    expect(stream.atClient?.headers).toEqual(
      expect.arrayContaining([
        [":status", "418"],
        ["a", "1"],
      ]),
    );
    expect(probe.run("answerPlainly").calls).toEqual([["proxy_send_local_response", 204, "", "", [], 2 ** 32 - 1]]);
  });
});

test("buffers", () => {
  const { calls, stream } = probe.run("none", undefined, Buffer.from("abcdef"));
  expect(calls).toEqual([
    ["proxy_get_buffer_status", "http_request_body"],
    ["proxy_get_buffer_bytes", "http_request_body", 1, 4],
    ["proxy_set_buffer_bytes", "http_request_body", 0, 6, "bcde"],
  ]);
  expect(Buffer.from(stream.atUpstream?.body ?? []).toString()).toBe("bcde");
});

test("a property that is a number", () => {
  const { calls, log } = probe.run("property");
  expect(calls[0]).toEqual(["proxy_set_property", ["number"], new Uint8Array([0xfb, ...Array(7).fill(0xff)])]);
  expect(calls[1]).toEqual(["proxy_get_property", ["number"]]);
  expect(log).toEqual(["-5"]);
});

test("metrics", () => {
  const { calls, returned } = probe.run("metrics");
  const [c, g, , h] = calls.slice(3).map(([, id]) => id);
  expect(calls).toEqual([
    ["proxy_define_metric", "counter", "c"],
    ["proxy_define_metric", "gauge", "g"],
    ["proxy_define_metric", "histogram", "h"],
    ["proxy_increment_metric", c, 2n],
    ["proxy_record_metric", g, 5n],
    ["proxy_increment_metric", g, -3n],
    ["proxy_record_metric", h, 9n],
    ["proxy_get_metric", g],
  ]);
  expect(returned).toBe(2);
  expect(Object.fromEntries(probe.host.counters())).toMatchObject({ c: 2n, g: 2n });
});

describe("contexts", () => {
  const state = (id: number) => probe.run(`state ${id}`).log[0];
  const all = (...uses: string[]) => {
    for (const use of uses) probe.run(use);
  };

  test("find their own state, then their root's, which outlives garbage", () => {
    expect(state(1)).toBe("none");
    all("create 1 0", "create 2 1");
    expect(state(2)).toBe("none");
    all("name 1 1", "create 3 1", "name 3 33", "churn");
    expect([state(1), state(2), state(3), state(4)]).toEqual(["state 1", "state 1", "state 33", "none"]);
    all("name 1 11", "churn");
    expect(state(2)).toBe("state 11");
    all("remove 1", "remove 1");
    expect([state(1), state(2), state(3)]).toEqual(["none", "none", "state 33"]);
  });

  test("let go of a state that is replaced or whose context is deleted", () => {
    probe.run("live 1 1000");
    const { pages } = probe;
    probe.run("live 1000 20000");
    expect(probe.pages).toBe(pages);
  });

  test("are kept apart however many there are and in whatever order they go", () => {
    const roots = [1, 1000, 2000];
    for (const root of roots) all(`create ${root} 0`, `name ${root} ${root}`);
    const parents = new Map<number, number>();
    for (let id = 2001; id < 4001; id++) {
      const root = roots[id % 3] as number;
      parents.set(id, root);
      all(`create ${id} ${root}`);
      const gone = 2001 + ((id * 7919) % (id - 2000));
      if (id % 2 === 0 && parents.delete(gone)) all(`remove ${gone}`);
    }
    const wrong = [...parents].filter(([id, root]) => state(id) !== `state ${root}`);
    expect({ left: parents.size > 900, wrong }).toEqual({ left: true, wrong: [] });
  });
});

test("bytes compared, cut and found", () => {
  expect(probe.run("compare").returned).toBe(1);
});

test("what is thrown is logged at critical before the trap", () => {
  expect(probe.run("fail").calls).toEqual([["proxy_log", "critical", "on purpose"]]);
  expect(probe.host.plugins[0]?.state).toBe("failed");
});
