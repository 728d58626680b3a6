import { palette } from "@wasm-header-filter/cli";
import { bytes, type Plugin } from "@wasm-header-filter/oci";
import { type CurlResult, verboseOutput } from "./curl.ts";

/** Prints the lab's steps, each with a heading. */
export type Output = ReturnType<typeof createOutput>;

export function createOutput(out: NodeJS.WriteStream) {
  const { bold, dim, cyan } = palette(out);
  const line = (text: string) => out.write(`${text}\n`);
  const indented = (text: string) => line(text.replace(/^(?=.)/gm, "  "));
  return {
    /** The image as it was packed, and where it was pushed to. */
    image({ image, module }: Plugin, repository?: string): void {
      line(bold("The image"));
      indented(`${image.repository}:${image.tag}`);
      if (repository) indented(`pushed  ${repository}:${image.tag}`);
      indented(`digest  ${image.digest}`);
      indented(`size    ${bytes(image.size)}, the module in it ${bytes(module.size)}\n`);
    },
    /** The manifest that is applied. */
    manifest(source: string, yaml: string): void {
      line(`${bold("The WasmPlugin")} ${dim(source)}`);
      indented(`${yaml.trimEnd()}\n`);
    },
    /** Where the proxy is, and what the filter said when it was configured. */
    proxy(name: string, url: URL, admin: URL, upstream: string): void {
      line(bold("The proxy"));
      indented(`${name} on ${url.origin}, statistics on ${admin.origin}, in front of ${upstream}`);
    },
    /** A line that the filter or the proxy logged. */
    log(level: string, message: string): void {
      indented(dim(`[${level}] ${message}`));
    },
    /** A request and its answer. */
    exchange(exchange: CurlResult, added: ReadonlySet<string>): void {
      line(`\n${bold("The request")}`);
      indented(`$ curl -v -H "hello: something" ${exchange.url}`);
      const lines = verboseOutput(exchange).split("\n");
      indented(lines.map((line) => (added.has(line) ? cyan(line) : line)).join("\n"));
    },
    /** What the statistics say of the filter's counter. */
    statistics(admin: URL, lines: readonly string[]): void {
      line(`\n${bold("The statistics")}`);
      indented(`$ curl -s ${new URL("/stats/prometheus", admin)} | grep hello`);
      indented(lines.join("\n"));
    },
    line,
  };
}
