import { isUtf8 } from "node:buffer";
import { command, Failure, readInput, run } from "@wasm-header-filter/cli";
import { tracer } from "@wasm-header-filter/source-maps";

const ABOUT = "Copy a log from stdin to stdout, with positions in the sources instead of those in the module's script.";

await run(
  command("filter-js-trace", ABOUT)
    .argument("<map>", "the module's source map, which its build has written as FILE.wasm.map")
    .action(async (path: string) => {
      const trace = readTracer(path);
      let rest = Buffer.alloc(0);
      for await (const chunk of process.stdin) {
        const bytes = Buffer.concat([rest, chunk]);
        const end = bytes.lastIndexOf("\n") + 1;
        print(trace, bytes.subarray(0, end));
        rest = bytes.subarray(end);
      }
      print(trace, rest);
    }),
);

/** Lines that aren't UTF-8 keep their bytes. */
function print(trace: (text: string) => string, lines: Buffer): void {
  const encoding = isUtf8(lines) ? "utf8" : "latin1";
  process.stdout.write(trace(lines.toString(encoding)), encoding);
}

/** @throws Failure if the file can't be read or isn't a source map */
function readTracer(path: string): (text: string) => string {
  const text = readInput(path, "map").toString();
  try {
    return tracer(text);
  } catch (error) {
    throw new Failure(`map ${path}: not a source map, expected the FILE.wasm.map of the module's build`, {
      cause: error,
    });
  }
}
