import { Failure, oneLine } from "./errors.ts";

const REASONS: Record<string, string> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EFBIG: "larger than a file may be there",
  EROFS: "the file system is read-only",
  EACCES: "no permission to write there",
  EPERM: "no permission to write there",
};

/**
 * The error for something that could not be written, in one line.
 *
 * @param error what the file system threw; any other error is returned as it is
 * @param where the file or folder, as the user knows it
 */
export function outputError(error: unknown, where: string): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (!(error instanceof Error) || code === undefined || syscall === undefined) return error;
  return new Failure(`${where}: ${REASONS[code] ?? oneLine(error)}`, { cause: code in REASONS ? undefined : error });
}
