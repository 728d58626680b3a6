/** The static table, from index 1 (RFC 7541, appendix A). */
export const STATIC_TABLE: readonly (readonly [name: string, value: string])[] = [
  [":authority", ""],
  [":method", "GET"],
  [":method", "POST"],
  [":path", "/"],
  [":path", "/index.html"],
  [":scheme", "http"],
  [":scheme", "https"],
  ...["200", "204", "206", "304", "400", "404", "500"].map((status) => [":status", status] as const),
  ["accept-charset", ""],
  ["accept-encoding", "gzip, deflate"],
  ...`accept-language accept-ranges accept access-control-allow-origin age allow authorization cache-control content-disposition
  content-encoding content-language content-length content-location content-range content-type cookie date etag expect expires from
  host if-match if-modified-since if-none-match if-range if-unmodified-since last-modified link location max-forwards
  proxy-authenticate proxy-authorization range referer refresh retry-after server set-cookie strict-transport-security
  transfer-encoding user-agent vary via www-authenticate`
    .split(/\s+/)
    .map((name) => [name, ""] as const),
];

/** The end of a Huffman code's padding (RFC 7541, section 5.2). */
export const END_OF_STRING = 256;

const codes = (text: string): number[] => [...text].map((character) => character.charCodeAt(0));

/** The symbols of the Huffman code by the length of their codes in bits; codes of one length are in the order of symbols (RFC 7541, appendix B). */
const LENGTHS: readonly (readonly [bits: number, symbols: readonly number[]])[] = [
  [5, codes("012aceiost")],
  [6, codes(" %-./3456789=A_bdfghlmnpru")],
  [7, codes(":BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz")],
  [8, codes("&*,;XZ")],
  [10, codes('!"()?')],
  [11, codes("'+|")],
  [12, codes("#>")],
  [13, codes("\0$@[]~")],
  [14, codes("^}")],
  [15, codes("<`{")],
  [19, [92, 195, 208]],
  [20, [128, 130, 131, 162, 184, 194, 224, 226]],
  [21, [153, 161, 167, 172, 176, 177, 179, 209, 216, 217, 227, 229, 230]],
  [
    22,
    [
      129, 132, 133, 134, 136, 146, 154, 156, 160, 163, 164, 169, 170, 173, 178, 181, 185, 186, 187, 189, 190, 196, 198,
      228, 232, 233,
    ],
  ],
  [
    23,
    [
      1, 135, 137, 138, 139, 140, 141, 143, 147, 149, 150, 151, 152, 155, 157, 158, 165, 166, 168, 174, 175, 180, 182,
      183, 188, 191, 197, 231, 239,
    ],
  ],
  [24, [9, 142, 144, 145, 148, 159, 171, 206, 215, 225, 236, 237]],
  [25, [199, 207, 234, 235]],
  [26, [192, 193, 200, 201, 202, 205, 210, 213, 218, 219, 238, 240, 242, 243, 255]],
  [27, [203, 204, 211, 212, 214, 221, 222, 223, 241, 244, 245, 246, 247, 248, 250, 251, 252, 253, 254]],
  [
    28,
    [2, 3, 4, 5, 6, 7, 8, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127, 220, 249],
  ],
  [30, [10, 13, 22, END_OF_STRING]],
];

/** A node of the Huffman code's tree: two nodes, or a symbol. */
export type HuffmanNode = [HuffmanNode | number | undefined, HuffmanNode | number | undefined];

/** The root of the Huffman code's tree. */
export const HUFFMAN: HuffmanNode = tree();

function tree(): HuffmanNode {
  const root: HuffmanNode = [undefined, undefined];
  let code = 0;
  let length = 0;
  for (const [bits, symbols] of LENGTHS) {
    code *= 2 ** (bits - length);
    length = bits;
    for (const symbol of symbols) {
      let node = root;
      for (let bit = bits - 1; bit > 0; bit--) {
        const side = (code >>> bit) & 1;
        const next = (node[side] as HuffmanNode | undefined) ?? [undefined, undefined];
        node[side] = next;
        node = next;
      }
      node[code & 1] = symbol;
      code++;
    }
  }
  return root;
}
