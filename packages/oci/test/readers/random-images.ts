import { damaged, type Random } from "@wasm-header-filter/cli/random";
import { compress } from "../../src/layer.ts";
import { descriptors } from "./descriptor-forms.ts";
import { ends, names, types } from "./entry-forms.ts";
import { extended } from "./extended-forms.ts";
import { formats } from "./format-forms.ts";
import { gzipForms } from "./gzip-forms.ts";
import { headers } from "./header-forms.ts";
import { indexes } from "./index-forms.ts";
import { GOOD } from "./layer-forms.ts";
import { texts } from "./manifest-forms.ts";
import { randomJson } from "./random-json.ts";
import { base64, plain, RAW, type StoredForm, TAR } from "./registry-writer.ts";
import { sparse } from "./sparse-forms.ts";
import { BLOCK, base256, bytesOf, concat, MODULE, OTHER, octal, sum } from "./tar-writer.ts";

const ARCHIVES = [...names(), ...types(), ...ends(), ...headers(), ...extended(), ...sparse()].map(
  ([, bytes]) => bytes,
);
const GZIPS = gzipForms().map(([, bytes]) => bytes);
const IMAGES = [...formats(), ...descriptors(), ...indexes(), ...texts()].map(([, stored]) => stored);

/** An image with one layer, whose archive or gzip is damaged. */
export function randomArchive(random: Random): StoredForm {
  const layer = random.oneIn(4) ? randomGzip(random) : compress(randomTar(random));
  const layers = random.oneIn(8) ? ([[RAW, OTHER], [TAR, layer]] as const) : ([[TAR, layer]] as const); // biome-ignore format: one line
  return plain("", layers)[1];
}

function randomTar(random: Random): Uint8Array {
  let bytes = blocksOf(random, random.pick(ARCHIVES));
  for (let times = random.below(4); times > 0; times--) {
    const at = BLOCK * random.below(Math.ceil(bytes.length / BLOCK) || 1);
    const kind = random.below(5);
    if (kind === 0) bytes = concat(bytes.subarray(0, at), blocksOf(random, random.pick(ARCHIVES)), bytes.subarray(at));
    else if (kind === 1) bytes = concat(bytes.subarray(0, at), bytes.subarray(at + BLOCK));
    else if (kind === 2) bytes = concat(bytes.subarray(0, at), damaged(random, bytes.subarray(at)));
    else if (bytes.length >= at + BLOCK) changeHeader(random, bytes.subarray(at, at + BLOCK));
  }
  return bytes;
}

/** A copy, or some of its blocks. */
function blocksOf(random: Random, archive: Uint8Array): Uint8Array {
  if (random.oneIn(2)) return archive.slice();
  const from = BLOCK * random.below(Math.ceil(archive.length / BLOCK) || 1);
  return archive.slice(from, random.oneIn(2) ? archive.length : from + BLOCK * (1 + random.below(6)));
}

/** Where fields begin, and their sizes. */
const FIELDS = [[0, 100], [100, 8], [108, 8], [124, 12], [136, 12], [156, 1], [157, 100], [257, 8], [329, 8], [345, 155], [386, 12], [482, 1], [483, 12]] as const; // biome-ignore format: a table

/** Changes a field or a byte; the checksum is right again most of the time. */
function changeHeader(random: Random, block: Uint8Array): void {
  const [at, size] = random.pick(FIELDS);
  const values = [
    "\0".repeat(size),
    octal(random.below(4096), size),
    octal(MODULE.length, size),
    base256(BigInt(random.below(4)) - 2n, size),
    base256(BigInt(random.below(3000)), size),
    " ".repeat(size),
    "plugin.wasm\0",
    "dir/",
    random.pick([..."\x00012345679xgLKSDVMNA"]),
    "ustar\x0000",
    "ustar  \0",
    random.bytes(size).toString("latin1"),
  ];
  block.set(bytesOf(random.pick(values).slice(0, size)), at);
  if (!random.oneIn(8)) sum(block, random.oneIn(8));
}

function randomGzip(random: Random): Uint8Array {
  const one = random.pick(GZIPS);
  const kind = random.below(4);
  if (kind === 0) return concat(one, random.pick(GZIPS));
  if (kind === 1) return compress(one);
  return damaged(random, kind === 2 ? compress(randomTar(random)) : one);
}

/** An image whose manifest or index is other JSON. */
export function randomManifest(random: Random): StoredForm {
  const { manifests, blobs } = random.oneIn(3) ? plain("", [[TAR, GOOD]])[1] : random.pick(IMAGES);
  const { latest } = manifests;
  if (!latest) throw new Error("an image without a manifest");
  const text = randomJson(random, Buffer.from(latest.bytes, "base64").toString("utf8"));
  const bytes = random.oneIn(20) ? damaged(random, Buffer.from(text)) : Buffer.from(text);
  const { type } = random.oneIn(6) ? (Object.values(random.pick(IMAGES).manifests)[0] ?? latest) : latest;
  return { manifests: { ...manifests, latest: { type, bytes: base64(bytes) } }, blobs };
}
