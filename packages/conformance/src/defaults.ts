import {
  type Answer,
  type Case,
  type Content,
  type Filter,
  type LogLine,
  PROXIES,
  type ReconfigureStep,
  type Request,
  type RequestStep,
  type Step,
} from "./case.ts";
import { bytesOf } from "./content.ts";
import { COUNTER, configureLog } from "./contract.ts";

type Body = Content | readonly Content[];
type Given<T> = { readonly [K in keyof T]?: T[K] | undefined };
type GivenFilter = Given<Omit<Filter, "configuration">> & { readonly configuration?: Content | "none" };
type GivenUpstreamSees =
  | "nothing"
  | (Given<Omit<Exclude<RequestStep["upstreamSees"], "nothing" | undefined>, "body">> & { readonly body?: Content });
type GivenStep = Given<Omit<RequestStep, "kind" | "request" | "upstream" | "body" | "upstreamSees">> & {
  readonly request?: Given<Omit<Request, "body">> & { readonly body?: Body };
  readonly upstream?: Given<Omit<Answer, "body">> & { readonly body?: Body };
  readonly body?: Content;
  readonly upstreamSees?: GivenUpstreamSees;
  readonly reconfigure?: GivenFilter & { readonly filter?: number };
};

/** A case file as it is written; `cases.schema.json` says what holds of it. */
export interface CaseFile {
  readonly contract?: boolean;
  readonly cases: readonly (Given<Omit<Case, "topic" | "contract" | "filters" | "steps" | "soak">> &
    GivenFilter & {
      readonly name: string;
      readonly filters?: GivenFilter[];
      readonly steps?: GivenStep[];
      readonly soak?: { readonly streams: number; readonly settle?: number };
    })[];
}

/**
 * Fills in what a case file leaves out.
 *
 * @param file as the schema takes it
 * @param topic what the cases are filed under
 * @param fail called with a case's name and what is wrong with it
 */
export function fillIn(file: CaseFile, topic: string, fail: (name: string, what: string) => never): Case[] {
  const contract = file.contract ?? true;
  return file.cases.map((given) => {
    const implied = (configuration: Uint8Array, refused: string | boolean): LogLine[] => {
      if (!contract) return [];
      try {
        return configureLog(configuration, refused);
      } catch {
        return fail(given.name, "the configuration is not JSON; expected `refused` with the reason");
      }
    };
    const chain = given.filters ?? [given];
    const filters = chain.map((filter) => ({ rootId: "", refused: false, ...filter, ...configured(filter) }));
    const steps = (given.steps ?? [{}]).map((step): Step => {
      if (!step.reconfigure) return requestStep(step, contract);
      const filled = { filter: 0, refused: false, ...step.reconfigure, ...configured(step.reconfigure) };
      if (filled.filter >= filters.length) fail(given.name, `there is no filter ${filled.filter} to reconfigure`);
      return {
        kind: "reconfigure",
        ...filled,
        log: step.log ?? implied(filled.configuration, filled.refused ?? false),
      } as ReconfigureStep;
    });
    return {
      topic,
      contract,
      on: PROXIES,
      xfail: [],
      faults: {},
      ...given,
      ...(given.soak && { soak: { settle: Math.floor(given.soak.streams / 100), ...given.soak } }),
      filters: filters.map(({ configuration, rootId, refused }) => ({ configuration, rootId, refused })),
      log: given.log ?? distinct(filters.flatMap((filter) => implied(filter.configuration, filter.refused ?? false))),
      steps,
    } as Case;
  });
}

/** A request with nothing special about it, which expects nothing. */
export const plainRequest: RequestStep = requestStep({}, false);

/** The lines of a log, each once. */
export function distinct(log: readonly LogLine[]): LogLine[] {
  return [...new Map(log.map((line) => [line.join(" "), line])).values()];
}

function configured({ configuration = "none" }: GivenFilter): { configuration: Uint8Array } {
  return { configuration: configuration === "none" ? new Uint8Array() : bytesOf(configuration) };
}

function requestStep({ request, upstream, body, upstreamSees, ...step }: GivenStep, contract: boolean): RequestStep {
  return {
    kind: "request",
    times: 1,
    lockstep: false,
    added: [],
    removed: [],
    prometheus: [],
    log: [],
    hostCalls: {},
    ...step,
    request: { method: "GET", path: "/", headers: [], trailers: [], ...request, body: chunks(request?.body) },
    upstream: {
      status: 200,
      interim: [],
      trailers: [],
      ...(upstream ? { headers: [] } : { headers: [["content-type", "text/plain"]] }),
      ...upstream,
      body: upstream ? chunks(upstream.body) : [Buffer.from("from the upstream\n")],
    },
    ...(body && { body: bytesOf(body) }),
    ...(upstreamSees && { upstreamSees: seen(upstreamSees) }),
    counters: { ...(contract && { [COUNTER]: 0 }), ...step.counters },
  } as RequestStep;
}

function chunks(body: Body | undefined): Uint8Array[] {
  return [body ?? []].flat().map((content) => bytesOf(content as Content));
}

function seen(given: GivenUpstreamSees): NonNullable<RequestStep["upstreamSees"]> {
  if (given === "nothing") return given;
  const { body, ...rest } = given;
  return { added: [], removed: [], ...rest, ...(body && { body: bytesOf(body) }) } as Exclude<
    RequestStep["upstreamSees"],
    undefined
  >;
}
