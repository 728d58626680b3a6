import type { ProxyName } from "../cases/case.ts";
import type { MemoryFigures } from "../figures/memory.ts";
import type { StartFigures } from "../figures/on-envoy.ts";
import type { PeerCosts } from "../figures/peers.ts";
import type { CountedRequests } from "../figures/per-request.ts";

/** The number of cases by outcome. */
export interface Counts {
  readonly passed: number;
  readonly known: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The measurements of a variant; sizes in bytes. */
export interface VariantFindings {
  readonly variant: string;
  readonly version: string;
  /** What it is, from its package. */
  readonly description: string;
  /** When to choose it. */
  readonly advice: string;
  readonly conformance: Readonly<Record<ProxyName, Counts>>;
  readonly size: { readonly raw: number; readonly gzip: number };
  readonly memory: MemoryFigures;
  readonly costs: CountedRequests;
  readonly start?: StartFigures;
  /** CPU per request as a ratio to no filter, by kind of request. */
  readonly cpu?: Readonly<Record<string, number>>;
  /** CPU instructions that a request costs in Envoy more than without a filter, by kind of request. */
  readonly instructions?: Readonly<Record<string, number>>;
}

/** The content of a report. */
export interface Findings {
  readonly variants: readonly VariantFindings[];
  /** What the same filter costs with several SDKs, as recorded. */
  readonly peers?: PeerCosts;
  /** The same Envoy with no filter. */
  readonly plain?: StartFigures;
  /** When it was measured, as 2026-01-31. */
  readonly date: string;
  /** Where and with what it was measured. */
  readonly machine: string;
  /** Why there are no figures of Envoy, if there are none. */
  readonly missing?: string;
  /** Why there are no CPU instructions, if there are none. */
  readonly uncounted?: string;
}
