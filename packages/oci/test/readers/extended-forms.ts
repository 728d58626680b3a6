import {
  bytesOf,
  concat,
  END,
  entry,
  type Forms,
  header,
  MODULE,
  pax,
  paxOf,
  plugin,
  record,
  tar,
} from "./tar-writer.ts";

/** Extended headers and long names. */
export function extended(): Forms {
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
