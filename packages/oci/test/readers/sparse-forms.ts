import {
  BLOCK,
  base256,
  bytesOf,
  type Changes,
  concat,
  entry,
  type Forms,
  header,
  MODULE,
  octal,
  padded,
  pax,
  paxOf,
  plugin,
  record,
  tar,
  zeros,
} from "./tar-writer.ts";

/** Sparse files. */
export function sparse(): Forms {
  const [first, second] = [MODULE.subarray(0, 512), MODULE.subarray(512, 1000)];
  const stored = concat(first, second);
  const oldGnu = (parts: readonly (readonly [number, number])[], real: number, more: Changes = {}) => {
    const map = parts.map(([at, size]) => octal(at, 12) + octal(size, 12)).join("");
    return header("plugin.wasm", stored.length, "S", { 257: "ustar  \0", 386: map, 483: octal(real, 12), ...more });
  };
  const body = padded(stored);
  const parts = [
    [0, 512],
    [1024, 488],
  ] as const;
  const block = (map: string) => concat(bytesOf(map), zeros(BLOCK - map.length));
  const entryHead = (size: number) => header("x", size);
  const map1 = block("2\n0\n512\n1024\n488\n");
  const v1 = {
    "GNU.sparse.major": "1",
    "GNU.sparse.minor": "0",
    "GNU.sparse.name": "plugin.wasm",
    "GNU.sparse.realsize": "1512",
  };
  const v01 = {
    "GNU.sparse.name": "plugin.wasm",
    "GNU.sparse.size": "1512",
    "GNU.sparse.numblocks": "2",
    "GNU.sparse.map": "0,512,1024,488",
  };
  const offsets = (...values: number[]) =>
    values.map((value, i) => record(i % 2 ? "GNU.sparse.numbytes" : "GNU.sparse.offset", String(value))).join("");
  const extra = concat(bytesOf(octal(1024, 12) + octal(488, 12)), zeros(BLOCK - 24));
  const extended = zeros(BLOCK);
  extended.set(extra.subarray(0, 24));
  const old: [string, Uint8Array][] = [
    ["two parts", oldGnu(parts, 1512)],
    ["a hole at the end", oldGnu(parts, 2000)],
    ["no parts", oldGnu([], 1512)],
    ["only a hole", oldGnu([], 1512, { 124: octal(0, 12) })],
    [
      "overlapping parts",
      oldGnu(
        [
          [0, 512],
          [100, 488],
        ],
        1512,
      ),
    ],
    [
      "parts in the wrong order",
      oldGnu(
        [
          [1024, 512],
          [0, 488],
        ],
        1536,
      ),
    ],
    ["parts outside of the file", oldGnu(parts, 1500)],
    [
      "more parts than stored",
      oldGnu(
        [
          [0, 512],
          [1024, 4880],
        ],
        5904,
      ),
    ],
    ["fewer parts than stored", oldGnu([[0, 512]], 512)],
    [
      "an empty part",
      oldGnu(
        [
          [0, 512],
          [600, 0],
          [1024, 488],
        ],
        1512,
      ),
    ],
    ["a size that is no number", oldGnu(parts, 0, { 483: "nonsense" })],
    ["an offset that is no number", oldGnu(parts, 1512, { 386: "nonsense" })],
    ["a negative offset", oldGnu(parts, 1512, { 386: base256(-5n, 12) })],
    ["another magic", oldGnu(parts, 1512, { 257: "ustar\x0000" })],
    ["map in another block", concat(oldGnu([[0, 512]], 1512, { 482: "\x01" }), extended)],
    ["map in another block that is missing", oldGnu([[0, 512]], 1512, { 482: "\x01" })],
  ];
  return [
    ...old.map(([name, head]): Forms[number] => [`sparse: ${name}`, tar(head, body)]),
    ["sparse: cut", concat(oldGnu(parts, 1512), body.subarray(0, 900))],
    ["sparse: cut after a part with a hole behind", concat(oldGnu([[0, 512]], 1512), first)],
    ["sparse: cut after the last part", concat(oldGnu([[0, 512]], 512), first)],
    ["sparse 1.0, cut after a part", concat(paxOf(v1), entryHead(2000), block("1\n0\n512\n"), first)],
    ["sparse 1.0, cut after the map", concat(paxOf(v1), entryHead(1512), block("0\n"))],
    ["sparse 1.0", tar(paxOf(v1), entry("x", concat(map1, stored)))],
    [
      "sparse 1.0, realsize too small",
      tar(paxOf({ ...v1, "GNU.sparse.realsize": "100" }), entry("x", concat(map1, stored))),
    ],
    [
      "sparse 1.0, realsize no number",
      tar(paxOf({ ...v1, "GNU.sparse.realsize": "x" }), entry("x", concat(map1, stored))),
    ],
    ["sparse 1.0, map no number", tar(paxOf(v1), entry("x", concat(block("x\n"), stored)))],
    ["sparse 1.0, map without an end", tar(paxOf(v1), entry("x", block("1")))],
    ["sparse 1.0, negative count", tar(paxOf(v1), entry("x", concat(block("-1\n"), stored)))],
    ["sparse 1.0, no parts", tar(paxOf(v1), entry("x", concat(block("0\n"), stored)))],
    ["sparse 1.0 of a directory", tar(paxOf(v1), entry("x/", zeros(0), "5"), plugin())],
    ["sparse 1.1", tar(paxOf({ ...v1, "GNU.sparse.minor": "1" }), plugin())],
    ["sparse 0.1", tar(paxOf(v01), entry("x", stored))],
    [
      "sparse 0.1 with a version",
      tar(paxOf({ ...v01, "GNU.sparse.major": "0", "GNU.sparse.minor": "1" }), entry("x", stored)),
    ],
    ["sparse 0.1, wrong count", tar(paxOf({ ...v01, "GNU.sparse.numblocks": "3" }), entry("x", stored))],
    ["sparse 0.1, no count", tar(paxOf({ "GNU.sparse.map": "0,512" }), plugin())],
    [
      "sparse 0.1, empty map",
      tar(
        paxOf({ ...v01, "GNU.sparse.map": "", "GNU.sparse.major": "0", "GNU.sparse.minor": "0" }),
        entry("x", stored),
      ),
    ],
    ["sparse 0.1, no number in the map", tar(paxOf({ ...v01, "GNU.sparse.map": "0,512,x,488" }), entry("x", stored))],
    [
      "sparse 0.0",
      tar(
        pax(record("GNU.sparse.size", "1512") + record("GNU.sparse.numblocks", "2") + offsets(0, 512, 1024, 488)),
        entry("plugin.wasm", stored),
      ),
    ],
    [
      "sparse 0.0, wrong order",
      tar(pax(record("GNU.sparse.numbytes", "1") + record("GNU.sparse.offset", "2")), plugin()),
    ],
    ["sparse 0.0, a comma", tar(pax(record("GNU.sparse.offset", "1,2")), plugin())],
  ];
}
