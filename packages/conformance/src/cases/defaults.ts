import {
  type Answer,
  type CallOut,
  type Case,
  type ConnectionStep,
  type Content,
  type Filter,
  type GrpcAnswer,
  type LogEntry,
  type Pattern,
  PROXIES,
  type ReconfigureStep,
  type Request,
  type RequestStep,
  type Step,
} from "./case.ts";
import { bytesOf } from "./content.ts";
import { COUNTER, configureLog } from "./contract.ts";
import { isPattern } from "./pattern.ts";

type Body = Content | readonly Content[];
type ExpectedBody = Content | Pattern;
type Given<T> = { readonly [K in keyof T]?: T[K] | undefined };
type GivenFilter = Given<Omit<Filter, "configuration">> & { readonly configuration?: Content | "none" };
type GivenUpstreamSees =
  | "nothing"
  | "anything"
  | (Given<Omit<Exclude<RequestStep["upstreamSees"], string | undefined>, "body">> & {
      readonly body?: ExpectedBody;
    });
type GivenAnswer = Given<Omit<Answer, "body">> & { readonly body?: Body };
type GivenCallOut = {
  readonly cluster: string;
  readonly sees?: Given<Omit<CallOut["sees"], "body" | "messages">> & {
    readonly body?: ExpectedBody;
    readonly messages?: readonly ExpectedBody[];
  };
  readonly answer?:
    | GivenAnswer
    | (Given<Omit<GrpcAnswer, "messages">> & { readonly messages?: readonly Content[] })
    | "never";
};
type GivenStep = Given<
  Omit<RequestStep, "kind" | "request" | "upstream" | "body" | "upstreamSees" | "callOuts" | "meanwhile">
> & {
  readonly request?: Given<Omit<Request, "body">> & { readonly body?: Body };
  readonly upstream?: GivenAnswer;
  readonly callOuts?: readonly GivenCallOut[];
  readonly meanwhile?: Content;
  readonly body?: ExpectedBody;
  readonly upstreamSees?: GivenUpstreamSees;
  readonly connection?: {
    readonly sends?: Body;
    readonly answers?: Body;
    readonly gets?: Content;
    readonly upstreamGets?: Content;
  };
  readonly reconfigure?: GivenFilter & { readonly filter?: number };
};

/** A case file as it is written; described by `cases.schema.json`. */
export interface CaseFile {
  readonly contract?: boolean;
  readonly clusters?: Case["clusters"];
  readonly cases: readonly (Given<Omit<Case, "topic" | "contract" | "clusters" | "filters" | "steps" | "soak">> &
    GivenFilter & {
      readonly name: string;
      readonly filters?: GivenFilter[];
      readonly steps?: GivenStep[];
      readonly soak?: { readonly streams: number; readonly settle?: number; readonly growth?: number };
    })[];
}

/**
 * Fills in what a case file leaves out.
 *
 * @param file as the schema takes it
 * @param topic the topic of the cases
 * @param fail called with a case's name and what is wrong with it
 */
export function fillIn(file: CaseFile, topic: string, fail: (name: string, what: string) => never): Case[] {
  const { contract = true, clusters = {} } = file;
  return file.cases.map((given) => {
    const implied = (configuration: Uint8Array, refused: string | boolean): LogEntry[] => {
      if (!contract) return [];
      try {
        return configureLog(configuration, refused);
      } catch {
        return fail(given.name, "the configuration is not JSON; expected `refused` with the reason");
      }
    };
    const chain = given.filters ?? [given];
    const filters = chain.map((filter) => ({
      rootId: "",
      failPolicy: "close" as const,
      refused: false,
      ...filter,
      ...configured(filter),
    }));
    const lost = given.routes?.find(({ cluster }) => clusters[cluster] !== "http");
    if (lost) fail(given.name, `there is no http cluster ${lost.cluster}; expected it under the file's \`clusters\``);
    const steps = (given.steps ?? [{}]).map((step): Step => {
      const stray = step.callOuts?.find(({ cluster }) => !clusters[cluster]);
      if (stray) fail(given.name, `there is no cluster ${stray.cluster}; expected it under the file's \`clusters\``);
      if (step.routedTo !== undefined && !given.routes?.some(({ cluster }) => cluster === step.routedTo)) {
        fail(given.name, `no route goes to ${step.routedTo}; expected one under the case's \`routes\``);
      }
      const pathless = step.callOuts?.find(({ cluster, sees }) => clusters[cluster] === "grpc" && !sees?.path);
      if (pathless)
        fail(given.name, `the call-out to ${pathless.cluster} is missing \`sees.path\`; expected /SERVICE/METHOD`);
      if (!step.reconfigure && Boolean(given.tcp) !== Boolean(step.connection)) {
        fail(given.name, "a case has connections if and only if it is `tcp: true`");
      }
      const http2 = given.http2Upstream || step.request?.http2;
      if (http2 && step.request?.headers?.some(([name]) => name.toLowerCase() === "upgrade")) {
        fail(given.name, "HTTP/2 has no `upgrade`; expected HTTP/1.1 on both sides");
      }
      if (step.connection) return connectionStep(step);
      if (!step.reconfigure) return requestStep(step, contract, clusters);
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
      routes: [],
      tcp: false,
      http2Upstream: false,
      clusters,
      ...given,
      ...(given.soak && { soak: { settle: Math.floor(given.soak.streams / 100), growth: 0, ...given.soak } }),
      filters: filters.map(({ configuration, rootId, vmId, failPolicy, refused }) => ({
        configuration,
        rootId,
        failPolicy,
        ...(vmId !== undefined && { vmId }),
        refused,
      })),
      log: given.log ?? distinct(filters.flatMap((filter) => implied(filter.configuration, filter.refused ?? false))),
      steps,
    } as Case;
  });
}

/** A plain GET without expectations. */
export const plainRequest: RequestStep = requestStep({}, false, {});

/** The lines of a log, each once. */
export function distinct(log: readonly LogEntry[]): LogEntry[] {
  return [...new Map(log.map((line) => [line.join(" "), line])).values()];
}

function configured({ configuration = "none" }: GivenFilter): { configuration: Uint8Array } {
  return { configuration: configuration === "none" ? new Uint8Array() : bytesOf(configuration) };
}

function requestStep(given: GivenStep, contract: boolean, clusters: Case["clusters"]): RequestStep {
  const { request, upstream, body, upstreamSees, callOuts = [], meanwhile, ...step } = given;
  return {
    kind: "request",
    times: 1,
    eventually: false,
    lockstep: false,
    saves: {},
    added: [],
    removed: [],
    prometheus: [],
    log: [],
    hostCalls: {},
    ...step,
    request: {
      http2: false,
      method: "GET",
      path: "/",
      headers: [],
      trailers: [],
      ...request,
      body: chunks(request?.body),
    },
    upstream: answer(upstream ?? { headers: [["content-type", "text/plain"]], body: { text: "from the upstream\n" } }),
    callOuts: callOuts.map((given) => callOut(given, clusters[given.cluster] === "grpc")),
    ...(meanwhile && { meanwhile: bytesOf(meanwhile) }),
    ...(body && { body: expectedBody(body) }),
    ...(upstreamSees && { upstreamSees: seen(upstreamSees) }),
    counters: { ...(contract && { [COUNTER]: 0 }), ...step.counters },
  } as RequestStep;
}

function connectionStep({ connection = {}, times = 1, counters = {}, log = [] }: GivenStep): ConnectionStep {
  const [sends, answers] = [chunks(connection.sends), chunks(connection.answers)];
  const { gets, upstreamGets } = connection;
  return {
    kind: "connection",
    times,
    sends,
    answers,
    gets: gets ? bytesOf(gets) : Buffer.concat(answers),
    upstreamGets: upstreamGets ? bytesOf(upstreamGets) : Buffer.concat(sends),
    counters,
    log,
  };
}

function answer(given: GivenAnswer): Answer {
  return { status: 200, interim: [], headers: [], trailers: [], ...given, body: chunks(given.body) } as Answer;
}

function callOut({ cluster, sees = {}, answer: given = {} }: GivenCallOut, grpc: boolean): CallOut {
  const { body, messages, ...rest } = sees;
  return {
    cluster,
    sees: {
      headers: [],
      ...rest,
      ...(body && { body: expectedBody(body) }),
      ...(messages && { messages: messages.map(expectedBody) }),
    } as CallOut["sees"],
    answer: given === "never" ? given : grpc ? grpcAnswer(given) : answer(given as GivenAnswer),
  };
}

function grpcAnswer(given: Exclude<GivenCallOut["answer"], "never" | undefined>): GrpcAnswer {
  const messages = "messages" in given ? (given.messages ?? []) : [];
  return {
    headers: [],
    trailers: [],
    lockstep: false,
    grpcStatus: 0,
    grpcMessage: "",
    ...given,
    messages: messages.map(bytesOf),
  } as GrpcAnswer;
}

const expectedBody = (body: ExpectedBody): Uint8Array | Pattern => (isPattern(body) ? body : bytesOf(body));

function chunks(body: Body | undefined): Uint8Array[] {
  return [body ?? []].flat().map((content) => bytesOf(content as Content));
}

function seen(given: GivenUpstreamSees): NonNullable<RequestStep["upstreamSees"]> {
  if (typeof given === "string") return given;
  const { body, ...rest } = given;
  return { added: [], removed: [], ...rest, ...(body && { body: expectedBody(body) }) } as Exclude<
    RequestStep["upstreamSees"],
    undefined
  >;
}
