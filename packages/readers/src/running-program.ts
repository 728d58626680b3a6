import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { program } from "./program.ts";

/** What stands for a verdict where the real reader ended its process, such as for want of memory. */
const CRASH = { error: "the real reader's process ended" };

/** The Go program as one process that answers one batch after the other. */
export class RunningProgram {
  #child: ChildProcess | undefined;
  #lines: AsyncIterator<string> | undefined;

  /**
   * @param reader its name in `go/`
   * @returns the verdicts, in the inputs' order; for an input that ends the process, a verdict with an error
   */
  async ask(reader: string, inputs: readonly unknown[]): Promise<unknown[]> {
    const answer = await this.#line(JSON.stringify({ reader, inputs }));
    if (answer !== undefined) return JSON.parse(answer);
    if (inputs.length === 1) return [CRASH];
    const middle = inputs.length >> 1;
    return [...(await this.ask(reader, inputs.slice(0, middle))), ...(await this.ask(reader, inputs.slice(middle)))];
  }

  /** Ends the process. */
  async close(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "close");
    child.stdin?.end();
    await ended;
  }

  async #line(batch: string): Promise<string | undefined> {
    if (!this.#child) {
      const child = spawn(await program(), ["serve"], { stdio: ["pipe", "pipe", "ignore"] });
      // A process that ended is seen at its output.
      child.stdin.on("error", () => {});
      this.#child = child;
      this.#lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    }
    this.#child.stdin?.write(`${batch}\n`);
    const next = await this.#lines?.next();
    if (next && !next.done) return next.value;
    await this.close();
    return undefined;
  }
}
