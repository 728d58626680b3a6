import type { PeerCosts, PeerKind } from "../figures/peers.ts";
import { bytes, thousands } from "./units.ts";

/** The document that has the table. */
export const PEERS_DOCUMENT = "packages/filter-js/README.md";

const KINDS: readonly PeerKind[] = ["no call-out", "one call-out"];

/** The table of what the same filter costs with several SDKs, by rising costs of a request with a call-out. */
export function peerTable({ filters }: PeerCosts): string {
  const rows = Object.entries(filters)
    .toSorted(
      ([, one], [, other]) => (one.instructions["one call-out"] ?? 0) - (other.instructions["one call-out"] ?? 0),
    )
    .map(([name, { written, size, instructions }]) => {
      const counts = KINDS.map((kind) => instructions[kind]).map((count) =>
        count === undefined ? "–" : thousands(count),
      );
      return `| ${[name, written, ...counts, bytes(size)].join(" | ")} |`;
    });
  return ["| filter | written with | no call-out | one call-out | module |", "|---|---|--:|--:|--:|", ...rows].join(
    "\n",
  );
}
