import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { compile } from "./compile.ts";
import { TestHost } from "./test-host.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const latin1 = (text: string) => Buffer.from(text).toString("latin1");

let binary: Uint8Array<ArrayBuffer>;
let host: TestHost;

beforeAll(async () => {
  binary = new Uint8Array(await compile(join(import.meta.dirname, "../probes/all")));
});

beforeEach(() => {
  host = new TestHost(binary);
});

describe("what the host delivers", () => {
  test.each<[what: string, value: Uint8Array | undefined, status: number, line: string]>([
    ["a value", bytes("value"), 0, "OK 5 value"],
    ["an empty value", bytes(""), 0, "OK 0 "],
    ["nothing, with the status Ok", undefined, 0, "OK 0 "],
    ["nothing", undefined, 1, "NOT_FOUND 0 "],
    ["something larger than the room", bytes("x".repeat(5000)), 0, `OK 5000 ${"x".repeat(5000)}`],
  ])("%s", (_, value, status, line) => {
    for (const next of [undefined, value]) {
      host.answers.proxy_get_header_map_value = (to) => {
        if (next) to.bytes(next);
        return status;
      };
      if (next === value) expect(host.run("get")[1]).toEqual(["proxy_log", 2, line]);
      else host.run("get");
    }
  });

  test("takes no memory that is not used again", () => {
    const large = [bytes("a".repeat(70_000)), bytes("b".repeat(3000)), bytes("c".repeat(200_000))];
    host.answers.proxy_get_header_map_value = (to) => {
      to.bytes(...large);
      return 0;
    };
    host.run("echo");
    const { pages } = host;
    for (let i = 0; i < 1000; i++) host.run("echo");
    expect(host.pages).toBe(pages);
    expect(host.calls[1]?.[3]).toBe("c".repeat(200_000));
    host.run("giveBack");
    expect(host.run("giveBack")).toEqual([]);
  });

  test("is emptied by the next call", () => {
    host.answers.proxy_get_header_map_value = (to) => {
      to.bytes(bytes("first"));
      return 0;
    };
    host.run("get");
    host.answers.proxy_get_header_map_value = () => 10;
    expect(host.run("get")[1]).toEqual(["proxy_log", 2, "INTERNAL_FAILURE 0 "]);
  });
});

test.each(["logText", "rename", "answer"])("what %s needs for a call is given back", (name) => {
  host.run(name);
  const { pages } = host;
  for (let i = 0; i < 20_000; i++) host.run(name);
  expect(host.pages).toBe(pages);
});

test("text goes out as UTF-8", () => {
  expect(host.run("logText")).toEqual([["proxy_log", 3, `${latin1("é 😀 ")}\xed\xa0\x80!`]]);
});

test("a status without a name is a number", () => {
  expect([8, 9, 12, 13, -1].map((status) => host.run("statusName", status)[0]?.[2])).toEqual([
    "CAS_MISMATCH",
    "9",
    "UNIMPLEMENTED",
    "13",
    "4294967295",
  ]);
});

describe("maps of headers", () => {
  const serialized = (...pairs: [string, string][]) => {
    const sizes = new Uint32Array([pairs.length, ...pairs.flat().map((text) => text.length)]);
    return `${Buffer.from(sizes.buffer).toString("latin1")}${pairs
      .flat()
      .map((text) => `${text}\0`)
      .join("")}`;
  };

  test("are read and written", () => {
    host.answers.proxy_get_header_map_pairs = (to) => {
      to.bytes(Buffer.from(serialized(["a", "1"], ["empty", ""], ["b", "22"]), "latin1"));
      return 0;
    };
    const expected = serialized(["x-a", "1"], ["x-empty", ""], ["x-b", "22"], ["added", "last"]);
    expect(host.run("rename")[1]).toEqual(["proxy_set_header_map_pairs", 0, expected]);
  });

  test("may be empty", () => {
    expect(host.run("rename")[1]).toEqual(["proxy_set_header_map_pairs", 0, serialized(["added", "last"])]);
  });

  test("go with a local response", () => {
    const pairs = serialized(["a", "1"]);
    expect(host.run("answer")).toEqual([["proxy_send_local_response", 418, "x-name", "short and stout", pairs, 7]]);
    expect(host.run("answerPlainly")).toEqual([["proxy_send_local_response", 204, "", "", "", -1]]);
  });
});

test("buffers", () => {
  host.answers.proxy_get_buffer_status = (to) => {
    to.number(6);
    return 0;
  };
  host.answers.proxy_get_buffer_bytes = (to, _buffer, start, size) => {
    to.bytes(bytes("abcdef").subarray(Number(start), Number(start) + Number(size)));
    return 0;
  };
  expect(host.run("body")).toEqual([
    ["proxy_get_buffer_status", 0],
    ["proxy_get_buffer_bytes", 0, 1, 4],
    ["proxy_set_buffer_bytes", 0, 0, 6, "bcde"],
  ]);
});

test("a property that is a number", () => {
  host.answers.proxy_get_property = (to) => {
    to.bytes(new Uint8Array(new BigInt64Array([-5n]).buffer));
    return 0;
  };
  expect(host.run("property")).toEqual([
    ["proxy_get_property", "source\0port"],
    ["proxy_log", 2, "-5"],
  ]);
});

test("metrics", () => {
  host.answers.proxy_define_metric = (to, type) => {
    to.number(Number(type) + 100);
    return 0;
  };
  host.answers.proxy_get_metric = (to) => {
    to.number(2);
    return 0;
  };
  expect(host.run("metrics")).toEqual([
    ["proxy_define_metric", 0, "c"],
    ["proxy_define_metric", 1, "g"],
    ["proxy_define_metric", 2, "h"],
    ["proxy_increment_metric", 100, 2n],
    ["proxy_record_metric", 101, 5n],
    ["proxy_increment_metric", 101, -3n],
    ["proxy_record_metric", 102, 9n],
    ["proxy_get_metric", 101],
  ]);
});

describe("contexts", () => {
  const state = (id: number) => host.run("state", id)[0]?.[2];

  test("find their own state, then their root's, which outlives garbage", () => {
    expect(state(1)).toBe("none");
    host.run("create", 1, 0);
    host.run("create", 2, 1);
    expect(state(2)).toBe("none");
    host.run("name", 1, 1);
    host.run("create", 3, 1);
    host.run("name", 3, 33);
    host.run("churn");
    expect([state(1), state(2), state(3), state(4)]).toEqual(["state 1", "state 1", "state 33", "none"]);
    host.run("name", 1, 11);
    host.run("churn");
    expect(state(2)).toBe("state 11");
    host.run("remove", 1);
    host.run("remove", 1);
    expect([state(1), state(2), state(3)]).toEqual(["none", "none", "state 33"]);
  });

  test("let go of a state that is replaced or whose context is deleted", () => {
    const live = (id: number) => {
      host.run("create", id, 0);
      host.run("name", id, 1);
      host.run("name", id, 2);
      host.run("remove", id);
    };
    for (let id = 1; id < 1000; id++) live(id);
    const { pages } = host;
    for (let id = 1000; id < 20_000; id++) live(id);
    expect(host.pages).toBe(pages);
  });

  test("are kept apart however many there are and in whatever order they go", () => {
    const roots = [1, 1000, 2000];
    for (const root of roots) {
      host.run("create", root, 0);
      host.run("name", root, root);
    }
    const parents = new Map<number, number>();
    for (let id = 2001; id < 4001; id++) {
      parents.set(id, roots[id % 3] as number);
      host.run("create", id, id % 3 === 0 ? 1 : id % 3 === 1 ? 1000 : 2000);
      const gone = 2001 + ((id * 7919) % (id - 2000));
      if (id % 2 === 0 && parents.delete(gone)) host.run("remove", gone);
    }
    const wrong = [...parents].filter(([id, root]) => state(id) !== `state ${root}`);
    expect({ left: parents.size > 900, wrong }).toEqual({ left: true, wrong: [] });
  });
});

test("bytes compared, cut and found", () => {
  expect(host.exports.compare?.()).toBe(1);
});

test("what is thrown is logged at critical before the trap", () => {
  expect(() => host.run("fail")).toThrow(WebAssembly.RuntimeError);
  expect(host.calls).toEqual([["proxy_log", 5, "on purpose"]]);
});
