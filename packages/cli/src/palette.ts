import type { WriteStream } from "node:tty";
import pc from "picocolors";

/**
 * The colours for a stream: none unless it is a terminal (or `FORCE_COLOR` is set), none under `NO_COLOR`.
 *
 * @param stream where the text will be written
 */
export function palette(stream: Pick<WriteStream, "isTTY">): ReturnType<typeof pc.createColors> {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  return pc.createColors(!NO_COLOR && (Boolean(FORCE_COLOR) || (Boolean(stream.isTTY) && TERM !== "dumb")));
}
