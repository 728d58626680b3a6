import {
  BLOCK,
  bytesOf,
  concat,
  END,
  entry,
  type Forms,
  header,
  MODULE,
  OTHER,
  plugin,
  readme,
  tar,
  zeros,
} from "./tar-writer.ts";

/** Names of the file. */
export function names(): Forms {
  const all = ["plugin.wasm", "./plugin.wasm", "/plugin.wasm", "a/plugin.wasm", "../plugin.wasm", "a/b/../plugin.wasm"];
  all.push("plugin.wasm/", "plugin.wasm//", "a//plugin.wasm", "plugin.wasm/.", "PLUGIN.WASM", "plugin.wasm ", "");
  all.push("xplugin.wasm", "plugin.wasm\n", "/", ".", "..", "plugin.wasm\0x", "\xc3\xbc/plugin.wasm", "a\\plugin.wasm");
  all.push("\xff/plugin.wasm", "\xff/plugin.was", "plugin.wasm.gz", `${"d".repeat(88)}/plugin.wasm`, " plugin.wasm");
  return all.map((name) => [`name ${JSON.stringify(name)}`, tar(entry(name))]);
}

/** Types of the file, and of an entry before it. */
export function types(): Forms {
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

/** What is in the archive, and how it ends. */
export function ends(): Forms {
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
