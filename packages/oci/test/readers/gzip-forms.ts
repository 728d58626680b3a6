import { compress } from "../../src/layer.ts";
import { bytesOf, concat, MODULE, plugin, randomNumbers, readme, tar, zeros } from "./tar-writer.ts";

/** What gzip holds the archive. */
export function gzipForms(): [string, Uint8Array][] {
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
