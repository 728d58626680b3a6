import type { Case, ProxyName } from "../cases/case.ts";
import type { Result } from "./outcome.ts";
import { casesOn, createSession } from "./session.ts";

/** A module under test. */
export interface Module {
  readonly bytes: Uint8Array;
  readonly variant: string;
  readonly version?: string | undefined;
}

/**
 * Carries out cases, one after the other, on one proxy after the other.
 *
 * @param tell called with each result as it comes
 * @param log gets what each proxy and its filters log, and each call between host and module, as text
 */
export async function runModule(
  { bytes, variant, version }: Module,
  cases: readonly Case[],
  proxies: readonly ProxyName[],
  tell: (result: Result) => void,
  log?: (proxy: ProxyName, line: string) => void,
): Promise<Result[]> {
  const session = createSession({ module: bytes, variant, version, cases, log });
  const results: Result[] = [];
  try {
    for (const proxy of proxies) {
      for (const of of casesOn(proxy, cases)) {
        const result = await session.run(of, proxy);
        results.push(result);
        tell(result);
      }
    }
  } finally {
    await session.close();
  }
  return results;
}
