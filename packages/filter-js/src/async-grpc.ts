import type { GrpcAnswer, GrpcEnd, GrpcMessages } from "./async-host.ts";
import {
  CallBuffer,
  type GrpcMethod,
  getStatus,
  grpcCall,
  grpcCancel,
  grpcClose,
  grpcSend,
  grpcStream,
} from "./call-outs.ts";
import type { BufferType, Host } from "./host.ts";
import { Status, statusName } from "./status.ts";

const EMPTY = new Uint8Array(0);
const DONE = { done: true, value: undefined } as const;

type Next = IteratorResult<Uint8Array, undefined>;

function received(host: Host, size: number): Uint8Array {
  return (size > 0 ? host.getBuffer(CallBuffer.GrpcReceive as BufferType, 0, size).value : undefined) ?? EMPTY;
}

function ended(host: Host, code: number): GrpcEnd & { failure: string } {
  return { failure: "GRPC", code, text: getStatus(host).value?.message ?? "" };
}

/** `grpcCall` of the host: see `AsyncHost`. */
export function grpcAnswer(host: Host, method: GrpcMethod, message: Uint8Array, timeout = 0): Promise<GrpcAnswer> {
  return new Promise((resolve) => {
    const call = grpcCall(host, method, message, timeout, {
      onMessage: (size) => resolve({ message: received(host, size) }),
      onClose: (code) => resolve(ended(host, code)),
    });
    if (call.status !== Status.Ok) resolve({ failure: statusName(call.status) });
  });
}

/** `grpcStream` of the host: see `AsyncHost`. */
export function grpcMessages(host: Host, method: GrpcMethod): GrpcMessages {
  const messages: Uint8Array[] = [];
  let waiting: ((next: Next) => void) | undefined;
  let isOver = false;
  let finish: (end: GrpcEnd) => void = () => {};
  const end = new Promise<GrpcEnd>((resolve) => {
    finish = resolve;
  });

  function give(next: Next): void {
    waiting?.(next);
    waiting = undefined;
  }

  function over(how?: GrpcEnd): void {
    isOver = true;
    if (how) finish(how);
    give(DONE);
  }

  const call = grpcStream(host, method, {
    onMessage(size) {
      const value = received(host, size);
      if (waiting) give({ done: false, value });
      else messages.push(value);
    },
    onClose: (code) => over(code === 0 ? { failure: undefined, code, text: "" } : ended(host, code)),
  });
  const number = call.value ?? 0;
  if (call.status !== Status.Ok) over({ failure: statusName(call.status) });

  function cancel(): Status {
    if (isOver) return Status.NotFound;
    over();
    return grpcCancel(host, number);
  }

  const iterator: AsyncIterator<Uint8Array, undefined> = {
    next() {
      const value = messages.shift();
      if (value) return Promise.resolve({ done: false, value });
      if (isOver) return Promise.resolve(DONE);
      return new Promise((resolve) => {
        waiting = resolve;
      });
    },
    return() {
      cancel();
      return Promise.resolve(DONE);
    },
  };
  return {
    end,
    send: (message, isLast = false) => (isOver ? Status.NotFound : grpcSend(host, number, message, isLast)),
    close: () => (isOver ? Status.NotFound : grpcClose(host, number)),
    cancel,
    [Symbol.asyncIterator]: () => iterator,
  };
}
