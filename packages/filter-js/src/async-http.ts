import type { HttpAnswer } from "./async-host.ts";
import { CallBuffer, CallMap, type HttpRequest, httpCall } from "./call-outs.ts";
import type { BufferType, Header, Host, MapType } from "./host.ts";
import { Status, statusName } from "./status.ts";

const NO_BODY = new Uint8Array(0);

/** `httpCall` of the host: see `AsyncHost`. */
export function httpAnswer(host: Host, cluster: string, request: HttpRequest): Promise<HttpAnswer> {
  return new Promise((resolve) => {
    const call = httpCall(host, cluster, request, (headers, size, trailers) =>
      resolve(headers > 0 ? received(host, size, trailers) : { failure: "NO_ANSWER" }),
    );
    if (call.status !== Status.Ok) resolve({ failure: statusName(call.status) });
  });
}

function received(host: Host, size: number, trailers: number): HttpAnswer {
  const headers = pairs(host, CallMap.HttpCallResponseHeaders);
  return {
    status: Number(headers.find((header) => header[0] === ":status")?.[1]),
    headers,
    body:
      size > 0 ? (host.getBuffer(CallBuffer.HttpCallResponseBody as BufferType, 0, size).value ?? NO_BODY) : NO_BODY,
    trailers: trailers > 0 ? pairs(host, CallMap.HttpCallResponseTrailers) : [],
  };
}

function pairs(host: Host, map: number): readonly Header[] {
  return host.getHeaders(map as MapType).value ?? [];
}
