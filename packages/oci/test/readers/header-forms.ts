import {
  BLOCK,
  base256,
  bytesOf,
  type Changes,
  entry,
  type Forms,
  header,
  MODULE,
  octal,
  padded,
  paxOf,
  plugin,
  randomNumbers,
  readme,
  sum,
  tar,
  zeros,
} from "./tar-writer.ts";

/** What a header says. */
export function headers(): Forms {
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

/** One byte of an archive is another one: half of the time the checksum is right again. */
export function changed(count: number): Forms {
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
