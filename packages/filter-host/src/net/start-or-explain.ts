import { Failure } from "@wasm-header-filter/cli";

/**
 * Starts something that listens.
 *
 * @param start rejects with what the operating system says
 * @throws Failure that says what to do if it can't listen there
 */
export async function startOrExplain<Started>(start: () => Promise<Started>): Promise<Started> {
  try {
    return await start();
  } catch (error) {
    const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
    const where = `${address}:${port}`;
    if (code === "EADDRINUSE")
      throw new Failure(
        `${where}: the port is in use; stop the process that listens there, or choose another with --listen or --admin`,
      );
    if (code === "EACCES") throw new Failure(`${where}: not allowed to listen there; choose a port above 1023`);
    if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") throw new Failure(`${where}: not an address of this machine`);
    throw error;
  }
}
