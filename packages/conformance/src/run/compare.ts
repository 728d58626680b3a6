import type { Received, Reply } from "../backends/scene.ts";
import type { Header, Pattern, RequestStep, UpstreamSees } from "../cases/case.ts";
import { compareBytes, difference } from "../cases/difference.ts";
import { filledIn } from "../cases/pattern.ts";
import { type HeaderChange, headerChange, unframed, unowned } from "./headers.ts";

const UNCHANGED: Exclude<UpstreamSees, string> = { added: [], removed: [] };

/**
 * Checks the run without filters, with which the other is compared.
 *
 * @param reached whether the request reached the upstream
 */
export function checkBaseline({ request, upstream }: RequestStep, { status, end }: Reply, reached: boolean): string[] {
  const asTold = !reached || upstream.reset === "head" || request.abort === "sent" || status === upstream.status;
  const whole = end === "complete" || request.abort || upstream.reset;
  return [
    ...(asTold ? [] : [`without filters: expected the upstream's status ${upstream.status}, got ${status}`]),
    ...(whole ? [] : [`without filters: expected a complete answer, got it ${end}`]),
  ];
}

/**
 * Compares a response with the one that came without filters and with what the step expects.
 *
 * @param running false if a filter of the chain has no configuration, so that the proxy refuses
 * @returns one line for each difference
 */
export function compareResponse(step: RequestStep, base: Reply, got: Reply, running: boolean): string[] {
  const status = step.status ?? (running ? base.status : 500);
  const body = step.body ?? (running ? base.body : new Uint8Array());
  const change = changeOf(base.headers, got.headers, step.body);
  const expectedEnd = step.brokenOff ? "broken off in the body" : running ? base.end : "complete";
  const differences = [
    ...difference("status", status, got.status),
    ...(got.end === expectedEnd ? [] : [`the response: expected it ${expectedEnd}, got it ${got.end}`]),
    ...compareBytes("body", body, got.body),
  ];
  if (!running) {
    const added = unowned(change.added);
    return [...differences, ...difference("added", filledIn(step.added, added), added)];
  }
  return [
    ...differences,
    ...difference("added", filledIn(step.added, change.added), change.added),
    ...difference("removed", step.removed, change.removed),
    ...(change.reordered && typeof step.upstreamSees !== "string"
      ? ["header lines: expected them in the order they have without filters, got another"]
      : []),
    ...difference("trailers", filledIn(step.trailers ?? base.trailers, got.trailers), got.trailers),
    ...difference("1xx answers", base.interim, got.interim),
  ];
}

/**
 * Compares what the upstream received with what it receives without filters and with what the step expects.
 *
 * @param base left out if the request doesn't reach it even without filters
 * @param got left out if it didn't reach it
 */
export function compareRequest(
  step: RequestStep,
  base: Received | undefined,
  got: Received | undefined,
  running: boolean,
): string[] {
  const expected = step.upstreamSees ?? (running ? UNCHANGED : "nothing");
  if (expected === "anything") return [];
  if (expected === "nothing" || !base) {
    return got ? [`upstream: expected it to see nothing, got ${got.method} ${got.path}`] : [];
  }
  if (!got) return [`upstream: expected it to see ${base.method} ${base.path}, got nothing`];
  const { added, removed, path = base.path, trailers = base.trailers, body } = expected;
  const change = changeOf(base.headers, got.headers, body);
  return [
    ...difference("upstream: method", base.method, got.method),
    ...difference("upstream: path", path, got.path),
    ...difference("upstream: added", filledIn(added, change.added), change.added),
    ...difference("upstream: removed", removed, change.removed),
    ...(change.reordered ? ["upstream: header lines: expected them in their order, got another"] : []),
    ...difference("upstream: trailers", filledIn(trailers, got.trailers), got.trailers),
    ...compareBytes("upstream: body", body ?? base.body, got.body),
  ];
}

/** The framing is not compared if the step expects a body: the whole body is. */
function changeOf(
  base: readonly Header[],
  got: readonly Header[],
  body: Uint8Array | Pattern | undefined,
): HeaderChange {
  return body ? headerChange(unframed(base), unframed(got)) : headerChange(base, got);
}

/**
 * Compares the functions that were called with those expected.
 *
 * @param expected names in order; one that ends in `?` may be left out
 */
export function compareCalls(what: string, expected: readonly string[], got: readonly string[]): string[] {
  const pattern = new RegExp(
    `^${expected.map((name) => (name.endsWith("?") ? `(${name.slice(0, -1)} )?` : `${name} `)).join("")}$`,
  );
  if (pattern.test(got.map((name) => `${name} `).join(""))) return [];
  return [`${what}: expected ${expected.join(" ") || "none"}, got ${got.join(" ") || "none"}`];
}
