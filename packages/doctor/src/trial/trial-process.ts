import { type ChildProcess, fork } from "node:child_process";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { REPORTS, TRIAL_ARGUMENT, TRIAL_PROGRAM } from "./program.ts";
import type { Report, Task } from "./report.ts";

/** The heap's limit, in MiB: more than the process lets a module fill. */
const HEAP = 2048;

/** How much of the end of its error output is kept, in characters. */
const ERRORS = 4096;

/** A process that tries modules, one after the other. It can be ended whatever a module does. */
export class TrialProcess {
  readonly #child: ChildProcess;
  readonly #reports: Readable;
  #errors = "";
  #unread = "";
  #take: ((report: Report) => void) | undefined;
  #gone: ((reason: string) => void) | undefined;
  ended = false;

  constructor() {
    this.#child = fork(fileURLToPath(TRIAL_PROGRAM), [TRIAL_ARGUMENT], {
      execArgv: [`--max-old-space-size=${HEAP}`],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc", "pipe"],
    });
    this.#reports = this.#child.stdio[REPORTS] as Readable;
    this.#reports.setEncoding("utf8").on("data", (text: string) => this.#read(text));
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#errors = (this.#errors + text).slice(-ERRORS);
    });
    const gone = (reason: string) => {
      this.ended = true;
      this.#gone?.(reason);
    };
    this.#child.on("error", (error) => gone(error.message));
    // After "close", all of its output has been read.
    this.#child.on("close", (status, signal) => gone(this.#errors.trim() || `${signal ?? `status ${status}`}`));
    this.#hold(false);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /**
   * Tries a module.
   *
   * @param take is called with each report
   * @returns why the process has ended before it was done; undefined if it was done
   */
  async run(task: Task, take: (report: Report) => void): Promise<string | undefined> {
    this.#hold(true);
    try {
      return await new Promise((resolve) => {
        this.#gone = resolve;
        this.#take = (report) => (report.is === "done" ? resolve(undefined) : take(report));
        this.#child.send(task, (error) => {
          if (error) this.end();
        });
      });
    } finally {
      this.#take = undefined;
      this.#gone = undefined;
      this.#hold(false);
    }
  }

  /** Ends the process, whatever it is doing. */
  end(): void {
    this.ended = true;
    this.#child.kill("SIGKILL");
  }

  #read(text: string): void {
    const lines = (this.#unread + text).split("\n");
    this.#unread = lines.pop() ?? "";
    for (const line of lines) this.#take?.(JSON.parse(line));
  }

  /** Whether it keeps this process alive. */
  #hold(on: boolean): void {
    const parts = [this.#child, this.#child.channel, this.#child.stderr, this.#reports];
    for (const part of parts as ({ ref(): void; unref(): void } | null | undefined)[]) {
      if (on) part?.ref();
      else part?.unref();
    }
  }
}
