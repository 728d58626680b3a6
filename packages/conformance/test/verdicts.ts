import { oneLine } from "@wasm-header-filter/cli";

/** What Envoy does with a module: loads it, refuses it, or ends. */
export type Verdict = "loads" | "refuses" | "ends";

/**
 * Gives modules to one Envoy process.
 *
 * @returns what it does with each
 * @throws if the process ends
 */
export type Serve<Module> = (modules: readonly Module[]) => Promise<readonly Exclude<Verdict, "ends">[]>;

/**
 * Finds out what Envoy does with each of many modules, with as few processes as possible. If a process ends, its modules
 * are tried again in two processes, and so on; a single module is tried again on its own, and is the cause if that process ends too.
 *
 * @param say called with one line for each process that ended
 */
export async function verdicts<Module extends { readonly name: string }>(
  modules: readonly Module[],
  serve: Serve<Module>,
  say: (line: string) => void,
): Promise<Map<Module, Verdict>> {
  const found = new Map<Module, Verdict>();
  const attempt = async (some: readonly Module[], next: (why: string) => Promise<void>) => {
    try {
      const each = await serve(some);
      for (const [at, one] of some.entries()) found.set(one, each[at] as Verdict);
    } catch (error) {
      await next(oneLine(error));
    }
  };
  const divide = (some: readonly Module[]): Promise<void> =>
    attempt(some, async (why) => {
      const [first, ...others] = some as [Module, ...Module[]];
      if (others.length === 0) {
        say(`Envoy ended on the module "${first.name}" (${why}): trying it again on its own`);
        return attempt(some, async () => void found.set(first, "ends"));
      }
      const half = Math.ceil(some.length / 2);
      say(`Envoy ended on one of ${some.length} modules (${why}): trying ${half} and ${some.length - half} of them`);
      await divide(some.slice(0, half));
      await divide(some.slice(half));
    });
  if (modules.length > 0) await divide(modules);
  return found;
}
