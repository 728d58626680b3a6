import { wasmModule } from "../../src/fixtures/module.ts";
import { compress } from "../../src/layer.ts";

/** A module that is longer than two blocks, and none of whole blocks. */
export const MODULE = wasmModule(undefined, 1000);
export const OTHER = wasmModule(undefined, 300);

const BLOCK = 512;
const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
export const concat = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
const zeros = (size: number) => new Uint8Array(size);
const octal = (value: number, size: number) => `${value.toString(8).padStart(size - 1, "0")}\0`;

/** What is written into a header instead of what belongs there: by offset, one character for each byte. */
type Changes = Readonly<Record<number, string>>;

function header(name: string, size: number, type = "0", changes: Changes = {}): Uint8Array {
  const block = zeros(BLOCK);
  const fields: Changes = {
    0: name.slice(0, 100),
    100: octal(0o644, 8),
    108: octal(0, 8),
    116: octal(0, 8),
    124: octal(size, 12),
    136: octal(0, 12),
    156: type,
    257: "ustar\x0000",
    329: octal(0, 8),
    337: octal(0, 8),
  };
  for (const [at, text] of Object.entries({ ...fields, ...changes })) block.set(bytesOf(text), Number(at));
  if (changes[148] === undefined) sum(block);
  return block;
}

function sum(block: Uint8Array, signed = false): void {
  block.fill(0x20, 148, 156);
  const total = block.reduce((all, byte) => all + (signed && byte > 127 ? byte - 256 : byte), 0);
  block.set(bytesOf(`${octal(total, 7)} `), 148);
}

const padded = (bytes: Uint8Array) => concat(bytes, zeros((BLOCK - (bytes.length % BLOCK)) % BLOCK));
const entry = (name: string, data = MODULE, type = "0", changes: Changes = {}) =>
  concat(header(name, data.length, type, changes), padded(data));
const END = zeros(2 * BLOCK);
const tar = (...entries: readonly Uint8Array[]) => concat(...entries, END);
const plugin = (changes: Changes = {}, type = "0") => entry("plugin.wasm", MODULE, type, changes);
const readme = entry("readme", bytesOf("read me"));

const record = (key: string, value: string): string => {
  const rest = ` ${key}=${value}\n`;
  const size = rest.length + String(rest.length + String(rest.length).length).length;
  return `${size}${rest}`;
};
const pax = (text: string, type = "x", name = "pax") => entry(name, bytesOf(text), type);
const paxOf = (fields: Readonly<Record<string, string>>, type = "x") =>
  pax(
    Object.entries(fields)
      .map(([key, value]) => record(key, value))
      .join(""),
    type,
  );

type Forms = [name: string, tar: Uint8Array][];

function names(): Forms {
  const all = ["plugin.wasm", "./plugin.wasm", "/plugin.wasm", "a/plugin.wasm", "../plugin.wasm", "a/b/../plugin.wasm"];
  all.push("plugin.wasm/", "plugin.wasm//", "a//plugin.wasm", "plugin.wasm/.", "PLUGIN.WASM", "plugin.wasm ", "");
  all.push("xplugin.wasm", "plugin.wasm\n", "/", ".", "..", "plugin.wasm\0x", "\xc3\xbc/plugin.wasm", "a\\plugin.wasm");
  all.push("\xff/plugin.wasm", "\xff/plugin.was", "plugin.wasm.gz", `${"d".repeat(88)}/plugin.wasm`, " plugin.wasm");
  return all.map((name) => [`name ${JSON.stringify(name)}`, tar(entry(name))]);
}

function types(): Forms {
  const all = [..."\x001234567gxLKSVMDANXI?"];
  return all.flatMap((type): Forms => {
    const name = `type ${JSON.stringify(type)}`;
    return [
      [name, tar(plugin({}, type))],
      [`${name}, before the file`, tar(entry("plugin.wasm", zeros(0), type), plugin())],
      [`${name}, before the file, with a size`, tar(header("a", 5, type), plugin())],
      [`${name}, before the file, with content`, tar(entry("a", bytesOf("hello"), type), plugin())],
    ];
  });
}

function ends(): Forms {
  const one = plugin();
  const two = concat(readme, one);
  const exact = 2 * BLOCK + BLOCK + MODULE.length;
  const cuts = [
    0,
    1,
    511,
    512,
    513,
    519,
    520,
    1023,
    1024,
    1025,
    1535,
    1536,
    exact - 1,
    exact,
    exact + 1,
    two.length - 1,
  ];
  return [
    ["no end blocks", one],
    ["one end block", concat(one, zeros(BLOCK))],
    ["one end block and a half", concat(one, zeros(BLOCK + 256))],
    ["half an end block", concat(one, zeros(256))],
    ["a zero block, then another", concat(zeros(BLOCK), one)],
    ["end blocks, then the file", concat(readme, END, one)],
    ["end blocks, then garbage", concat(one, END, bytesOf("garbage"))],
    ["garbage instead of end blocks", concat(one, bytesOf("garbage".repeat(100)))],
    ["padded to 10 kB", concat(one, zeros(10240 - one.length))],
    ["a file after the module is cut", concat(one, readme.subarray(0, 515))],
    ["a file after the module is broken", concat(one, bytesOf("x".repeat(512)), END)],
    ["a file before the module is broken", concat(bytesOf("x".repeat(512)), one, END)],
    ["no bytes", zeros(0)],
    ["zero blocks only", END],
    ["one zero block only", zeros(BLOCK)],
    ["no file of the name", tar(readme)],
    ["no file of the name, no end", readme],
    ["the module alone", MODULE],
    ["two files, the first counts", tar(plugin(), entry("a/plugin.wasm", OTHER))],
    ["two files, the other way round", tar(entry("a/plugin.wasm", OTHER), plugin())],
    ["many files", tar(...Array.from({ length: 30 }, (_, i) => entry(`f${i}`, bytesOf("x".repeat(i * 40)))), plugin())],
    ["an empty module", tar(entry("plugin.wasm", zeros(0)))],
    ["an empty module, then one", tar(entry("plugin.wasm", zeros(0)), plugin())],
    ["a module that is none", tar(entry("plugin.wasm", bytesOf("not a module at all")))],
    ["a module of seven bytes", tar(entry("plugin.wasm", MODULE.subarray(0, 7)))],
    ["a module of eight bytes", tar(entry("plugin.wasm", MODULE.subarray(0, 8)))],
    ["a module of one block", tar(entry("plugin.wasm", concat(MODULE, zeros(BLOCK * 3)).subarray(0, BLOCK)))],
    [
      "a directory of the name, then the file",
      tar(entry("plugin.wasm/", zeros(0), "5"), entry("plugin.wasm/plugin.wasm")),
    ],
    ["a directory, then the file in it", tar(entry("a/", zeros(0), "5"), entry("a/plugin.wasm"))],
    ["a symlink to the file", tar(entry("a.wasm"), header("plugin.wasm", 0, "2", { 157: "a.wasm" }))],
    ["a hard link to the file", tar(entry("a.wasm"), header("plugin.wasm", 0, "1", { 157: "a.wasm" }))],
    ["a hard link with a size", tar(entry("a.wasm"), header("plugin.wasm", MODULE.length, "1", { 157: "a.wasm" }))],
    ...cuts.map((at): Forms[number] => [`cut at ${at}`, two.subarray(0, at)]),
  ];
}

const base256 = (value: bigint, size: number) =>
  String.fromCharCode(
    ...Array.from({ length: size }, (_, i) => {
      const byte = Number(BigInt.asUintN(8, value >> BigInt(8 * (size - 1 - i))));
      return i === 0 ? (value < 0n ? 0xff : 0x80 | byte) : byte;
    }),
  );

function headers(): Forms {
  const size = MODULE.length;
  const gnu = "ustar  \0";
  const changes: [string, Changes][] = [
    ["checksum 0", { 148: "0\0      " }],
    ["checksum of spaces", { 148: "        " }],
    ["checksum that is no number", { 148: "checksum" }],
    ["no magic", { 257: zeros(8).join("").replaceAll("0", "\0") }],
    ["GNU magic", { 257: gnu }],
    ["magic of ustar with a space", { 257: "ustar 00" }],
    ["magic with another version", { 257: "ustar\x0099" }],
    ["magic of star", { 508: "tar\0" }],
    ["magic of star, times that are no numbers", { 508: "tar\0", 476: "nonsense" }],
    ["star with a prefix", { 508: "tar\0", 345: "dir" }],
    ["size with spaces", { 124: `      ${size.toString(8).padStart(4)} ` }],
    ["size without an end", { 124: size.toString(8).padStart(12, "0") }],
    ["size with zero bytes before", { 124: `\0\0\0\0\0\0${size.toString(8).padStart(5, "0")}\0` }],
    ["size with a zero byte inside", { 124: `0${size.toString(8)}\x007\0` }],
    ["size with a digit 9", { 124: octal(size, 12).replace(/^0/, "9") }],
    ["size with a sign", { 124: octal(size, 12).replace(/^0/, "+") }],
    ["size in base-256", { 124: base256(BigInt(size), 12) }],
    ["size in base-256, too large", { 124: base256(2n ** 63n, 12) }],
    ["size in base-256, negative", { 124: base256(-1n, 12) }],
    ["size in base-256, of a terabyte", { 124: base256(2n ** 62n, 12) }],
    ["size of zero bytes", { 124: "\0".repeat(12) }],
    ["size a little larger than the content", { 124: octal(size + 3, 12) }],
    ["size much larger than the content", { 124: octal(size + 3000, 12) }],
    ["size smaller than the content", { 124: octal(size - 600, 12) }],
    ["time before 1970", { 136: base256(-86400n, 12), 257: gnu }],
    ["time that is no number", { 136: "yesterday" }],
    ["time too large", { 136: base256(2n ** 70n, 12) }],
    ["mode that is no number", { 100: "rw-r--r-" }],
    ["mode of spaces", { 100: "        " }],
    ["mode in base-256", { 100: base256(420n, 8) }],
    ["owner that is no number", { 108: "nobody" }],
    ["owner in base-256, negative", { 108: base256(-2n, 8) }],
    ["group that is no number", { 116: "nogroup" }],
    ["device that is no number", { 329: "major" }],
    ["minor device that is no number", { 337: "minor" }],
    ["device that is no number, without magic", { 257: "\0".repeat(8), 329: "major" }],
    ["a prefix", { 345: "dir/sub" }],
    ["a prefix with the name after a slash", { 0: "\0", 345: "plugin.wasm" }],
    ["a prefix without magic", { 257: "\0".repeat(8), 345: "dir" }],
    ["a GNU access time", { 257: gnu, 345: octal(7, 12) }],
    ["a GNU access time that is a prefix", { 257: gnu, 345: "dir/sub" }],
    ["a GNU access time that is no ASCII", { 257: gnu, 345: "dir\xff" }],
    ["a user name that is no ASCII", { 265: "\xfc\xff" }],
  ];
  const signed = header("plugin.wasm", size, "0", { 265: "\xfc\xff" });
  sum(signed, true);
  const wrong = header("plugin.wasm", size);
  wrong[148] = (wrong[148] as number) ^ 1;
  return [
    ...changes.flatMap(
      ([name, change]): Forms => [
        [`header: ${name}`, tar(plugin(change))],
        [
          `header: ${name}, of a file before`,
          tar(entry("readme", zeros(size), "0", { ...change, 0: "readme\0\0\0\0\0" }), plugin()),
        ],
      ],
    ),
    ["header: a signed checksum", tar(signed, padded(MODULE))],
    ["header: a wrong checksum", tar(wrong, padded(MODULE))],
    ["header: a directory with a negative size", tar(header("d", 0, "5", { 124: base256(-1n, 12) }), plugin())],
    [
      "header: a directory with a large size",
      tar(header("d", 0, "5", { 124: base256(300n * 2n ** 20n, 12) }), plugin()),
    ],
    ["header: a directory with a size too large", tar(header("d", 0, "5", { 124: base256(2n ** 50n, 12) }), plugin())],
    ["header: old type, directory by its slash", tar(entry("plugin.wasm/", MODULE, "\0"), plugin())],
  ];
}

function extended(): Forms {
  const size = String(MODULE.length);
  const any = entry("x");
  const fields: Record<string, string>[] = [{ path: "plugin.wasm" }, { path: "a/plugin.wasm" }, { path: "" }];
  fields.push(
    { path: "plugin.wasm", mtime: "-1.5" },
    { path: "plugin.wasm", mtime: "1." },
    { path: "plugin.wasm", mtime: "x" },
  );
  fields.push(
    { path: "plugin.wasm", mtime: ".5" },
    { path: "plugin.wasm", mtime: "1.x" },
    { path: "plugin.wasm", uid: "+1" },
  );
  fields.push(
    { path: "plugin.wasm", uid: "1_0" },
    { path: "plugin.wasm", gid: "0x1" },
    { path: "plugin.wasm", gid: "" },
  );
  fields.push(
    { path: "plugin.wasm", uid: "9223372036854775808" },
    { path: "plugin.wasm", size },
    { path: "plugin.wasm", size: "8" },
  );
  fields.push(
    { path: "plugin.wasm", size: "1000000" },
    { path: "plugin.wasm", size: "-1" },
    { path: "plugin.wasm", size: "0" },
  );
  fields.push(
    { path: "plugin.wasm", size: `+${size}` },
    { path: "plugin.wasm", size: ` ${size}` },
    { path: "plugin.wasm\0" },
  );
  fields.push(
    { path: "plugin.wasm", comment: "a\0b" },
    { path: "plugin.wasm", "com\0ment": "b" },
    { linkpath: "a\0b" },
  );
  fields.push(
    { path: "plugin.wasm", "SCHILY.xattr.user.x": "\0\xff" },
    { path: "\xc3\xbc/plugin.wasm" },
    { uname: "a\0" },
  );
  fields.push(
    { path: "plugin.wasm", hdrcharset: "BINARY" },
    { path: "plugin.wasm", atime: "1e3" },
    { Path: "plugin.wasm" },
  );
  const texts = [
    "",
    "x",
    "5 a=\n",
    "6 a=b\n",
    "6 a=b",
    "7 a=b\n",
    "5 a=b\n",
    " 6 a=b\n",
    "06 a=b\n",
    "+6 a=b\n",
    "6\ta=b\n",
  ];
  texts.push(
    "4 =\n",
    "5 =b\n",
    "6 ab\n",
    "-6 a=b\n",
    "6 a=b\nx",
    "0 a=b\n",
    "99999999999999999999 a=b\n",
    "6 a=b\n6 a=b\n",
    "6 a=b\n\0",
  );
  const long = (name: string, type = "L") => entry("././@LongLink", bytesOf(name), type);
  const deep = `${"d/".repeat(120)}plugin.wasm`;
  const named = record("path", "plugin.wasm");
  return [
    ...fields.map((one): Forms[number] => [`extended ${JSON.stringify(one)}`, tar(paxOf(one), any)]),
    // Go passes over a malformed one of these in an order that differs each time.
    ...fields
      .slice(0, 5)
      .map((one): Forms[number] => [`global ${JSON.stringify(one)}`, tar(paxOf(one, "g"), any, plugin())]),
    ...texts.map((text): Forms[number] => [`extended text ${JSON.stringify(text)}`, tar(pax(`${text}`), plugin())]),
    ["extended: a deep path", tar(paxOf({ path: deep }), any)],
    ["extended: twice", tar(paxOf({ path: "a" }), paxOf({ path: "plugin.wasm" }), any)],
    ["extended: twice, the second without a path", tar(paxOf({ path: "plugin.wasm" }), paxOf({ comment: "a" }), any)],
    ["extended: hides the name", tar(paxOf({ path: "other" }), plugin())],
    ["extended: then a global one", tar(paxOf({ path: "plugin.wasm" }), paxOf({ comment: "a" }, "g"), any)],
    ["extended: a path twice", tar(pax(record("path", "a") + named), any)],
    ["extended: without a file", tar(paxOf({ path: "plugin.wasm" }))],
    ["extended: without a file or an end", paxOf({ path: "plugin.wasm" })],
    ["extended: cut", paxOf({ path: "plugin.wasm" }).subarray(0, 520)],
    ["extended: not padded", concat(header("pax", named.length, "x"), bytesOf(named), any, END)],
    ["extended: one megabyte", tar(pax(record("comment", "x".repeat(2 ** 20 - 20))), plugin())],
    ["extended: more than a megabyte", tar(pax(record("comment", "x".repeat(2 ** 20))), plugin())],
    ["global: named as the file", tar(entry("plugin.wasm", bytesOf(record("comment", "a")), "g"), plugin())],
    ["global: malformed", tar(pax("nonsense", "g"), plugin())],
    ["long name", tar(long(`${deep}\0`), any)],
    ["long name without a zero", tar(long(deep), any)],
    ["long name with a zero inside", tar(long("plugin.wasm\0more"), any)],
    ["long name, empty", tar(long(""), plugin())],
    ["long name, of the other type", tar(long(`${deep}\0`, "K"), any)],
    ["long name twice", tar(long("a\0"), long("plugin.wasm\0"), any)],
    ["long name and an extended path", tar(long("plugin.wasm\0"), paxOf({ path: "other" }), any)],
    ["an extended path and a long name", tar(paxOf({ path: "plugin.wasm" }), long("other\0"), any)],
    ["long name, then a global header", tar(long("plugin.wasm\0"), paxOf({ comment: "a" }, "g"), any)],
    ["long name without a file", tar(long("plugin.wasm\0"))],
    ["long name of more than a megabyte", tar(long(`${"d/".repeat(2 ** 19)}plugin.wasm\0`), any)],
    ["long link and a long name", tar(long("l".repeat(200), "K"), long(`${deep}\0`), any)],
  ];
}

function sparse(): Forms {
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

/** Numbers that are the same each time. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** One byte of an archive is another one: half of the time the checksum is right again. */
function changed(count: number): Forms {
  const whole = tar(readme, paxOf({ path: "a/plugin.wasm", mtime: "1.5" }), entry("x"), entry("z", bytesOf("zzz")));
  return Array.from({ length: count }, (_, i): Forms[number] => {
    const random = randomNumbers(i + 1);
    const bytes = whole.slice();
    const block = [0, 1024, 1536, 2048][random(4)] as number;
    const at = block + random(345);
    bytes[at] = random(256);
    if (i % 2 === 0 && block !== 1536) sum(bytes.subarray(block, block + BLOCK));
    return [`change ${i}`, bytes];
  });
}

function gzipForms(): [string, Uint8Array][] {
  const archive = tar(readme, plugin());
  const gzip = compress(archive);
  const flagged = (flags: number, extra: Uint8Array, from = gzip) =>
    concat(from.subarray(0, 3), Uint8Array.of(flags), from.subarray(4, 10), extra, from.subarray(10));
  const text = (size: number) => bytesOf(`${"n".repeat(size)}\0`);
  const edited = (at: number, value: number) => {
    const bytes = gzip.slice();
    bytes[at < 0 ? bytes.length + at : at] = value;
    return bytes;
  };
  const members = (...at: number[]) =>
    concat(...[0, ...at].map((from, i) => compress(archive.subarray(from, [...at, archive.length][i]))));
  const stored = (data: Uint8Array, declared = data.length) =>
    concat(Uint8Array.of(1, declared & 255, declared >> 8, ~declared & 255, (~declared >> 8) & 255), data);
  const trailer = gzip.subarray(-8);
  const head = gzip.subarray(0, 10);
  const random = randomNumbers(7);
  return [
    ["several members", members(512, 1024, 1600)],
    ["several members, one empty", concat(members(700), compress(zeros(0)))],
    ["an empty member first", concat(compress(zeros(0)), gzip)],
    ["only an empty member", compress(zeros(0))],
    ["members of two archives", concat(compress(readme), compress(tar(plugin())))],
    ["two whole archives", concat(compress(tar(readme)), compress(tar(plugin())))],
    [
      "a member, then garbage, then a member",
      concat(compress(archive.subarray(0, 1024)), bytesOf("x"), compress(archive.subarray(1024))),
    ],
    ["garbage behind", concat(gzip, bytesOf("junk after the stream"))],
    ["one byte behind", concat(gzip, bytesOf("j"))],
    ["zeros behind", concat(gzip, zeros(100))],
    ["the start of a member behind", concat(gzip, gzip.subarray(0, 12))],
    ["garbage behind an archive without end blocks", concat(compress(plugin()), bytesOf("junk"))],
    ["garbage behind an archive without the file", concat(compress(readme), bytesOf("junk"))],
    ["a wrong checksum", edited(-8, 1)],
    ["a wrong size", edited(-1, 1)],
    ["a wrong checksum of the first member", concat(edited(-8, 1), gzip)],
    [
      "a wrong checksum before the file",
      concat(
        ((bytes) => {
          bytes[bytes.length - 8] = 1;
          return bytes;
        })(compress(readme)),
        compress(tar(plugin())),
      ),
    ],
    ["no trailer", gzip.subarray(0, -8)],
    ["half a trailer", gzip.subarray(0, -4)],
    ["half a trailer, no end blocks", compress(plugin()).subarray(0, -4)],
    ["another method", edited(2, 7)],
    ["another magic", edited(1, 0x8c)],
    ["a flag for text", flagged(1, zeros(0))],
    ["reserved flags", flagged(0xe0, zeros(0))],
    ["a name", flagged(8, text(20))],
    ["a name of 511 bytes", flagged(8, text(511))],
    ["a name of 512 bytes", flagged(8, text(512))],
    ["a comment", flagged(16, text(30))],
    ["a comment of 600 bytes", flagged(16, text(600))],
    ["a name and a comment", flagged(24, concat(text(3), text(4)))],
    ["a name that is cut", concat(flagged(8, bytesOf("name")).subarray(0, 14))],
    ["an extra field", flagged(4, concat(Uint8Array.of(5, 0), bytesOf("extra")))],
    ["an extra field that is cut", flagged(4, Uint8Array.of(255, 255))],
    ["a wrong header checksum", flagged(2, Uint8Array.of(1, 2))],
    ["another operating system", edited(9, 3)],
    ["a time", edited(4, 77)],
    ["stored, not compressed", concat(head, stored(archive), trailer)],
    ["stored, cut", concat(head, stored(archive).subarray(0, 2000))],
    ["stored, cut after the module", concat(head, stored(archive).subarray(0, 5 + 1536 + MODULE.length))],
    ["stored, cut before its end", concat(head, stored(archive).subarray(0, 5 + 1536 + MODULE.length - 1))],
    ["stored, of a wrong size", concat(head, Uint8Array.of(1, 5, 0, 5, 0), archive)],
    ["a block of type 3", concat(head, Uint8Array.of(7), trailer)],
    ["nothing", zeros(0)],
    ["one byte", Uint8Array.of(0x1f)],
    ["the header alone", head],
    ["tar, not compressed", archive],
    ["the module, compressed", compress(MODULE)],
    ["compressed twice", compress(gzip)],
    ["zlib instead of gzip", concat(Uint8Array.of(0x78, 0x9c), gzip.subarray(10))],
    ["DEFLATE without a header", gzip.subarray(10, -8)],
    ["zstd's magic", concat(Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd), gzip)],
    ...Array.from({ length: 24 }, (_, i): [string, Uint8Array] => {
      const at = Math.floor((gzip.length * (i + 1)) / 25);
      return [`cut at ${at}`, gzip.subarray(0, at)];
    }),
    ...Array.from({ length: 70 }, (_, i): [string, Uint8Array] => {
      const at = i < 20 ? 10 + i : 10 + random(gzip.length - 18);
      return [`changed at ${at}, ${i}`, edited(at, random(256))];
    }),
  ];
}

/** Layers by what is special about them; some were found in public registries, others broken on purpose. */
export function layerForms(): readonly (readonly [name: string, layer: Uint8Array])[] {
  const archives = [...names(), ...types(), ...ends(), ...headers(), ...extended(), ...sparse(), ...changed(60)];
  return [
    ...archives.map(([name, bytes]) => [`tar: ${name}`, compress(bytes)] as const),
    ...gzipForms().map(([name, bytes]) => [`gzip: ${name}`, bytes] as const),
  ];
}

/** A layer as it should be. */
export const GOOD = compress(tar(plugin()));
/** One without a module. */
export const EMPTY = compress(tar(readme));
