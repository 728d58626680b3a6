import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { place } from "@wasm-header-filter/oci";

/**
 * Writes files into a folder.
 *
 * @param folder what else is in it stays
 * @param files a text for each path; a subfolder that is written is replaced whole
 * @throws Failure if the folder can't be written; it then stays as it was
 */
export async function writeFolder(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  const entries = new Set(Object.keys(files).map((path) => path.split("/", 1)[0] ?? path));
  await place(folder, [...entries], (staging) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(staging, path)), { recursive: true });
      writeFileSync(join(staging, path), text);
    }
  });
}
