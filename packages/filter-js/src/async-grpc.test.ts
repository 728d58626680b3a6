import { expect, test } from "vitest";
import { CallBuffer } from "./call-outs.ts";
import type { BufferType } from "./host.ts";
import { Status } from "./status.ts";
import { fakeHost } from "./testing.ts";

const METHOD = { upstream: "service", service: "s.S", method: "M" };
const bytes = (text: string) => new TextEncoder().encode(text);
const NONE = new Uint8Array(0);

/** A host on which one stream is open, and what its handler is told. */
function open() {
  const host = fakeHost({ answers: { GetStatus: [Status.Ok, 5, bytes("no such thing")] } });
  const stream = host.grpcStream(METHOD);
  const [handler] = host.grpcHandlers.values();
  const receive = (text: string) => {
    host.buffers[CallBuffer.GrpcReceive as BufferType] = bytes(text);
    handler?.onMessage?.(text.length);
  };
  return { host, stream, receive, close: (status: number) => handler?.onClose?.(status) };
}

async function texts(messages: AsyncIterable<Uint8Array>): Promise<string[]> {
  const all: string[] = [];
  for await (const message of messages) all.push(new TextDecoder().decode(message));
  return all;
}

test("a call gives the reply, or why there is none", async () => {
  const host = fakeHost({ answers: { GetStatus: [Status.Ok, 5, bytes("no such thing")] } });
  const replies = [host.grpcCall(METHOD, NONE), host.grpcCall(METHOD, NONE, 500)];
  const [first, second] = host.grpcHandlers.values();
  host.buffers[CallBuffer.GrpcReceive as BufferType] = bytes("reply");
  first?.onMessage?.(5);
  second?.onClose?.(5);
  expect(await Promise.all(replies)).toEqual([
    { message: bytes("reply") },
    { failure: "GRPC", code: 5, text: "no such thing" },
  ]);
  expect(host.hostCalls.filter(({ name }) => name === "GrpcCall").map(({ numbers }) => numbers[0])).toEqual([0, 500]);
});

test("a call that can't be made is a failure", async () => {
  const host = fakeHost({ answers: { GrpcCall: [Status.ParseFailure, 0, NONE] } });
  expect(await host.grpcCall(METHOD, NONE)).toEqual({ failure: "PARSE_FAILURE" });
});

test("the messages of a stream come in their order, whether they are waited for or not", async () => {
  const { stream, receive, close } = open();
  receive("one");
  receive("");
  const all = texts(stream);
  await Promise.resolve();
  receive("three");
  close(0);
  expect(await all).toEqual(["one", "", "three"]);
  expect(await stream.end).toEqual({ failure: undefined, code: 0, text: "" });
  expect(stream.send(NONE)).toBe(Status.NotFound);
});

test("a stream that fails ends the loop, and says why", async () => {
  const { stream, receive, close } = open();
  receive("one");
  close(5);
  expect(await texts(stream)).toEqual(["one"]);
  expect(await stream.end).toEqual({ failure: "GRPC", code: 5, text: "no such thing" });
});

test("a stream that can't be opened has no messages", async () => {
  const host = fakeHost({ answers: { GrpcStream: [Status.InternalFailure, 0, NONE] } });
  const stream = host.grpcStream(METHOD);
  expect(await texts(stream)).toEqual([]);
  expect(await stream.end).toEqual({ failure: "INTERNAL_FAILURE" });
});

test("leaving the loop cancels the stream, once", async () => {
  const { host, stream, receive } = open();
  receive("one");
  for await (const _ of stream) break;
  expect(stream.cancel()).toBe(Status.NotFound);
  expect(host.hostCalls.map(({ name }) => name)).toEqual(["GrpcStream", "GrpcCancel"]);
});

test("messages are sent, and the filter's side is closed", () => {
  const { host, stream } = open();
  expect([stream.send(bytes("a")), stream.send(bytes("b"), true), stream.close()]).toEqual([
    Status.Ok,
    Status.Ok,
    Status.Ok,
  ]);
  expect(host.hostCalls.slice(1).map(({ name, numbers }) => [name, numbers[1]])).toEqual([
    ["GrpcSend", 0],
    ["GrpcSend", 1],
    ["GrpcClose", 0],
  ]);
});
