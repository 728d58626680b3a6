import { availableParallelism, loadavg } from "node:os";

/** Measures what a callback takes. */
export interface ThreadClock {
  /** Milliseconds since any fixed moment. */
  readonly read: () => number;
  /** Whether it counts the CPU time of this thread, or else wall time. */
  readonly cpu: boolean;
}

/** @returns the thread's CPU time; wall time in a Node that does not measure that (before 23.9) */
export function threadClock(node: Partial<Pick<NodeJS.Process, "threadCpuUsage">> = process): ThreadClock {
  const { threadCpuUsage } = node;
  if (threadCpuUsage === undefined) return { read: () => performance.now(), cpu: false };
  return {
    read: () => {
      const { user, system } = threadCpuUsage();
      return (user + system) / 1000;
    },
    cpu: true,
  };
}

/** How many threads compete for each processor, at least 1. Windows does not say. */
export const competition = (): number => Math.max(1, (loadavg()[0] ?? 0) / availableParallelism());
