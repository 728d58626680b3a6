import { type Answer, type CallingHost, type GrpcHandler, HostFunction, type HttpCallHandler } from "./host-call.ts";
import { Status } from "./status.ts";
import { decodeUtf8 } from "./utf8.ts";

type Name = keyof typeof HostFunction;

/** A call of a function beyond `Host`: its numbers and byte strings as the engines pass them. */
interface FakeCall {
  readonly name: Name;
  readonly numbers: readonly [first: number, second: number];
  readonly bytes: readonly Uint8Array[];
}

/** What a fake host does instead of working: statuses by function, or answers. */
export type FakeAnswers = Partial<Record<Name, Answer>>;

/** The functions beyond `Host`, in memory: shared data works, call-outs wait for the test, the others do nothing. */
export interface FakeCalls extends Pick<CallingHost, "hostCall" | "context" | "expectHttp" | "expectGrpc"> {
  /** In their order. */
  readonly hostCalls: FakeCall[];
  /** The handlers of HTTP calls that wait, by number. */
  readonly httpHandlers: Map<number, HttpCallHandler>;
  /** The handlers of gRPC calls and streams, by number. */
  readonly grpcHandlers: Map<number, GrpcHandler>;
  /** Values and their compare-and-swap numbers, by key. */
  readonly sharedData: Map<string, { bytes: Uint8Array; cas: number }>;
}

const NONE = new Uint8Array(0);
const NAMES = Object.keys(HostFunction) as Name[];

/** @param answers what functions answer, whatever they are called with */
export function fakeCalls(answers: FakeAnswers): FakeCalls {
  const hostCalls: FakeCall[] = [];
  const httpHandlers: FakeCalls["httpHandlers"] = new Map();
  const grpcHandlers: FakeCalls["grpcHandlers"] = new Map();
  const sharedData: FakeCalls["sharedData"] = new Map();
  let context = 1;
  let last = 0;

  function work(which: HostFunction, first: number, bytes: readonly Uint8Array[]): Answer {
    const [key, value = NONE] = [decodeUtf8(bytes[0] ?? NONE) ?? "", bytes[1]];
    switch (which) {
      case HostFunction.GetSharedData: {
        const found = sharedData.get(key);
        return found ? [Status.Ok, found.cas, found.bytes] : [Status.NotFound, 0, NONE];
      }
      case HostFunction.SetSharedData:
        if (first !== 0 && first !== sharedData.get(key)?.cas) return [Status.CasMismatch, 0, NONE];
        sharedData.set(key, { bytes: value, cas: ++last });
        return [Status.Ok, 0, NONE];
      case HostFunction.SetEffectiveContext:
        context = first;
        return [Status.Ok, 0, NONE];
      case HostFunction.HttpCall:
      case HostFunction.GrpcCall:
      case HostFunction.GrpcStream:
        return [Status.Ok, ++last, NONE];
      default:
        return [Status.Ok, 0, NONE];
    }
  }

  return {
    hostCalls,
    httpHandlers,
    grpcHandlers,
    sharedData,
    context: () => context,
    expectHttp: (token, handler) => void httpHandlers.set(token, handler),
    expectGrpc: (token, handler) => void grpcHandlers.set(token, handler),
    hostCall(which, first, second, ...given) {
      const bytes = given.filter((each) => each !== undefined);
      const name = NAMES[which] as Name;
      hostCalls.push({ name, numbers: [first, second], bytes });
      return answers[name] ?? work(which, first, bytes);
    },
  };
}
