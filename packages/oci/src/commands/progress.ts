import type { WriteStream } from "node:tty";
import { palette } from "@wasm-header-filter/cli";
import type { Progress } from "../registry/options.ts";
import { bytes } from "../units.ts";

const WIDTH = 24;

/** Clears the line. */
const CLEAR_LINE = "\r\x1b[K";

/**
 * Shows the transfer of blobs: a progress bar on a terminal, otherwise a line for each blob.
 *
 * @param stream where it is written
 */
export function showProgress(stream: Pick<WriteStream, "isTTY" | "write">): (event: Progress) => void {
  const { dim, yellow } = palette(stream);
  const clear = stream.isTTY ? CLEAR_LINE : "";
  let drawn = "";
  return (event) => {
    if (event.kind === "retry") {
      const seconds = (event.delay / 1000).toFixed(1);
      stream.write(`${clear}${yellow(`${event.reason}; retrying in ${seconds} s`)}\n`);
    } else if (event.state !== "moving") {
      stream.write(`${clear}${dim(line(event))}\n`);
    } else if (stream.isTTY) {
      // The bar is redrawn once per percent.
      const step = `${event.blob.digest} ${Math.floor((event.done / event.blob.size) * 100)}`;
      if (step !== drawn) stream.write(`${clear}${dim(bar(event))}`);
      drawn = step;
    }
  };
}

/**
 * Shows progress during an action. What is printed after it, an error for example, starts on a new line.
 *
 * @param stream as {@link showProgress} takes it
 */
export async function withProgress<T>(
  stream: Pick<WriteStream, "isTTY" | "write">,
  action: (progress: (event: Progress) => void) => Promise<T>,
): Promise<T> {
  try {
    return await action(showProgress(stream));
  } finally {
    if (stream.isTTY) stream.write(CLEAR_LINE);
  }
}

type BlobProgress = Extract<Progress, { kind: "blob" }>;

function line({ direction, blob, state }: BlobProgress): string {
  const done = { push: "pushed", pull: "pulled" }[direction];
  const words = { done, moving: done, exists: "exists", mounted: "mounted" };
  return `${words[state].padEnd(7)} ${blob.digest} ${bytes(blob.size)}`;
}

function bar({ blob, done }: BlobProgress): string {
  const filled = blob.size === 0 ? WIDTH : Math.min(WIDTH, Math.floor((done / blob.size) * WIDTH));
  const short = blob.digest.slice(0, "sha256:".length + 12);
  return `${"█".repeat(filled)}${"░".repeat(WIDTH - filled)} ${short} ${bytes(done)} of ${bytes(blob.size)}`;
}
