import { type Batch, Pace, Recorder, Redaction } from "@wasm-header-filter/flight-recorder";
import { noConnection, StreamInfo } from "proxy-wasm-host";
import { afterEach, expect, test, vi } from "vitest";
import { Outbox } from "./outbox.ts";

afterEach(() => vi.useRealTimers());

function outbox(allowance: number) {
  vi.useFakeTimers();
  const sent: Batch[] = [];
  const box = new Outbox(allowance, (batch) => sent.push(structuredClone(batch)));
  const recorder = new Recorder(box, new Redaction(), new Pace());
  const request = (method: string) => {
    const info = new StreamInfo(noConnection(), "HTTP/1.1", method, recorder.begin(method));
    return () => info.record?.ended(info);
  };
  return { box, sent, request };
}

test("requests that have ended are sent in batches, one at a time; others are not", () => {
  const { box, sent, request } = outbox(10_000);
  const [get, put, post] = [request("GET"), request("PUT"), request("POST")];
  get();
  put();
  vi.runAllTimers();
  post();
  vi.runAllTimers();
  expect(sent.map(({ requests }) => requests.map(({ method }) => method))).toEqual([["GET", "PUT"]]);
  box.acknowledge(sent[0] as Batch);
  vi.runAllTimers();
  expect(sent.map(({ requests }) => requests.map(({ method }) => method))).toEqual([["GET", "PUT"], ["POST"]]);
  box.acknowledge(sent[1] as Batch);
  box.send();
  expect(sent).toHaveLength(2);
});

test("while the main thread takes nothing, no more than the allowance is held: the rest is counted", () => {
  const { box, sent, request } = outbox(1_200);
  for (let count = 0; count < 10; count++) request("GET")();
  vi.runAllTimers();
  for (let count = 0; count < 10; count++) request("GET")();
  vi.runAllTimers();
  expect(sent).toMatchObject([{ requests: [{}, {}], passedOver: 8, tally: { requests: 10 } }]);
  box.acknowledge(sent[0] as Batch);
  request("PUT")();
  vi.runAllTimers();
  expect(sent[1]).toMatchObject({ requests: [{ method: "PUT" }], passedOver: 10, tally: { requests: 11 } });
});

test("one record may be greater than the allowance", () => {
  const { sent, request } = outbox(1);
  for (let count = 0; count < 2; count++) request("GET")();
  vi.runAllTimers();
  expect(sent).toMatchObject([{ requests: [{}], passedOver: 1 }]);
});
