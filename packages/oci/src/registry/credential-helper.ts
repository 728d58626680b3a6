import { execFile } from "node:child_process";
import { Failure } from "@wasm-header-filter/cli";
import { firstValue, struct, text } from "./go-json.ts";
import type { Secret } from "./secret.ts";

/** What a helper prints that has no credentials (docker/docker-credential-helpers credentials/error.go). */
const NOT_FOUND = "credentials not found in native keychain";

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
      else if (stdout.trim() === NOT_FOUND) resolve(undefined);
      else reject(new Failure(`${where}: failed: ${stdout.trim() || `exit status ${error.code}`}`));
    });
    // A helper may exit without reading its input.
    child.stdin?.on("error", () => {}).end(server);
  });
  return stdout === undefined ? undefined : parse(stdout, where);
}

const answer = struct({ ServerURL: text, Username: text, Secret: text });

function parse(stdout: string, where: string): Secret | undefined {
  try {
    const value = firstValue(stdout);
    if (value === undefined) throw new TypeError("empty");
    const { Username: username, Secret: secret } = answer(value, undefined, "");
    if (username === "<token>") return secret ? { identityToken: secret } : undefined;
    return { ...(username && { username }), ...(secret && { password: secret }) };
  } catch {
    // The parser's own text would quote what may be a secret.
    throw new Failure(`${where}: its answer is not JSON with Username and Secret`);
  }
}
