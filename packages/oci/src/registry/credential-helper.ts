import { execFile } from "node:child_process";
import { Failure } from "@wasm-header-filter/cli";
import type { Secret } from "./secret.ts";

/**
 * Asks `docker-credential-NAME get` (docker/docker-credential-helpers): the server's name on stdin, JSON on stdout.
 *
 * @param server the key that the credentials are stored under
 * @param path the configuration that names the helper, for messages
 * @returns nothing if the helper has none for this server
 * @throws Failure if the helper isn't there, fails or answers something else
 */
export async function askHelper(name: string, server: string, path: string): Promise<Secret | undefined> {
  const program = `docker-credential-${name}`;
  const where = `${program}, named in ${path} for ${server}`;
  // A path could name any program.
  if (!/^[\w.-]+$/.test(name)) throw new Failure(`${path}: ${JSON.stringify(name)} is no credential helper's name`);
  const stdout = await new Promise<string | undefined>((resolve, reject) => {
    const child = execFile(program, ["get"], { timeout: 60_000, maxBuffer: 1024 * 1024 }, (error, stdout) => {
      if (!error) resolve(stdout);
      else if (error.code === "ENOENT") reject(new Failure(`${where}: not found in PATH, install it or fix the file`));
      else if (/credentials not found/i.test(stdout)) resolve(undefined);
      else reject(new Failure(`${where}: failed: ${stdout.trim() || `exit status ${error.code}`}`));
    });
    // A helper may exit without reading its input.
    child.stdin?.on("error", () => {}).end(server);
  });
  return stdout === undefined ? undefined : parse(stdout, where);
}

function parse(stdout: string, where: string): Secret | undefined {
  let answer: { Username?: unknown; Secret?: unknown } | null;
  try {
    answer = JSON.parse(stdout);
  } catch {
    throw new Failure(`${where}: its answer is not JSON`);
  }
  const { Username: username, Secret: secret } = answer ?? {};
  if (typeof username !== "string" || typeof secret !== "string" || secret === "") return undefined;
  return username === "<token>"
    ? { kind: "identity", token: secret }
    : { kind: "password", username, password: secret };
}
