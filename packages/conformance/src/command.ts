import { appendFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Failure, oneLine, palette, UsageError } from "@wasm-header-filter/cli";
import { findRoot, findVariants, readModuleSource } from "@wasm-header-filter/oci";
import { PROXIES, type ProxyName, title } from "./cases/case.ts";
import { chosen } from "./cases/choose.ts";
import { contractFiles, loadCases } from "./cases/load.ts";
import { findEnvoy } from "./proxies/envoy/find.ts";
import { matrix } from "./report/matrix.ts";
import { writeReports } from "./report/results.ts";
import { isRed, type Result } from "./run/outcome.ts";
import { type Module, runModule } from "./run/run-module.ts";

interface Options {
  readonly on: string;
  readonly case?: string[];
  readonly cases?: string[];
  readonly variant?: string;
  readonly moduleVersion?: string;
  readonly report?: string;
  readonly log?: string;
  readonly json?: true;
}

/**
 * The `conformance` command: exit status 1 if a case fails.
 *
 * @throws UsageError for an unknown proxy or case, or if there is nothing to run
 * @throws Failure for a module or case file that can't be read
 */
export async function conformance(source: string | undefined, options: Options): Promise<void> {
  const proxies = proxiesOf(options.on);
  const cases = chosen(loadCases(options.cases ?? contractFiles()), options.case);
  const results: Result[] = [];
  // Fail before the long run if the folder is not writable.
  if (options.report) writeReports(options.report, results);
  // Fail once for an invalid $ENVOY, not in each case.
  if (proxies.includes("envoy")) await findEnvoy();
  const log = options.log === undefined ? undefined : proxyLogs(options.log, proxies);
  for (const module of await modulesOf(source, options)) {
    const tell = (result: Result) => {
      if (!options.json && isRed(result.outcome)) console.log(explain(result));
    };
    results.push(...(await runModule(module, cases, proxies, tell, log)));
  }
  if (options.report) writeReports(options.report, results);
  const count = (...outcomes: string[]) => results.filter(({ outcome }) => outcomes.includes(outcome)).length;
  const counts = `${count("pass", "xfail")} passed, ${count("fail", "xpass")} failed, ${count("skip")} skipped`;
  const text = options.json ? [JSON.stringify(results, null, 2)] : [...matrix(results, process.stdout), "", counts];
  console.log(text.join("\n"));
  if (results.some(({ outcome }) => isRed(outcome))) process.exitCode = 1;
}

/**
 * Logs of proxies as files `PROXY.log`.
 *
 * @returns appends a line to a proxy's file
 * @throws Failure if the folder is not writable
 */
function proxyLogs(folder: string, proxies: readonly ProxyName[]): (proxy: ProxyName, line: string) => void {
  const fileOf = (proxy: ProxyName) => join(folder, `${proxy}.log`);
  try {
    mkdirSync(folder, { recursive: true });
    for (const proxy of proxies) writeFileSync(fileOf(proxy), "");
  } catch (error) {
    throw new Failure(`--log ${folder}: not writable: ${oneLine(error)}`);
  }
  return (proxy, line) => appendFileSync(fileOf(proxy), `${line}\n`);
}

function explain(result: Result): string {
  const { red } = palette(process.stdout);
  const why =
    result.outcome === "xpass" ? [`passed, although it is known to differ: ${result.reason}`] : result.differences;
  return [red(`${title(result)} / ${result.variant} ${result.proxy}`), ...why.map((line) => `  ${line}`), ""].join(
    "\n",
  );
}

function proxiesOf(text: string): ProxyName[] {
  const names = text.split(",");
  const stranger = names.find((name) => !(PROXIES as readonly string[]).includes(name));
  if (stranger !== undefined)
    throw new UsageError(`--on ${text}: no proxy ${JSON.stringify(stranger)}, expected ${PROXIES.join(" or ")}`);
  return PROXIES.filter((name) => names.includes(name));
}

async function modulesOf(source: string | undefined, { variant, moduleVersion: version }: Options): Promise<Module[]> {
  if (source !== undefined) {
    return [{ bytes: await readModuleSource(source), variant: variant ?? basename(source, ".wasm"), version }];
  }
  const built = findVariants(findRoot(), "all").filter(({ dist }) => existsSync(dist.module));
  const wanted = built.filter((one) => variant === undefined || one.variant === variant);
  if (wanted.length === 0) {
    throw new UsageError(`no built variant ${variant ?? ""}: run npm run build, or name a module`.replace("  ", " "));
  }
  return Promise.all(wanted.map(async ({ dist, ...one }) => ({ ...one, bytes: await readModuleSource(dist.module) })));
}
