/** One input of a fuzzer over sockets: latin1 text, each character a byte; each piece is sent when the one before it has left. */
export interface Conversation {
  /** What the client sends. */
  readonly client: readonly string[];
  /** How the client ends its connection. */
  readonly end: "fin" | "reset";
  /** What the upstream answers on each of its connections, once it has received something. */
  readonly upstream: readonly string[];
  /** How the upstream ends its connection; undefined leaves it open until the client's has ended. */
  readonly upstreamEnd?: "fin" | "reset" | undefined;
}

/** Cuts text into pieces at random places. */
export function pieces(cuts: readonly number[], text: string): string[] {
  const at = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((from, index) => text.slice(from, at[index])).filter((piece) => piece !== "");
}
