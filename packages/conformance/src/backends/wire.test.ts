import { expect, test } from "vitest";
import { plainRequest } from "../cases/defaults.ts";
import { send } from "./client.ts";
import { sceneOf } from "./scene.ts";
import { startUpstream } from "./upstream.ts";

test("the client and the upstream carry out a scene exactly", async () => {
  const upstream = await startUpstream();
  const scene = sceneOf({
    ...plainRequest,
    request: {
      http2: false,
      method: "PUT",
      path: "/a?b",
      headers: [
        ["B", "é"],
        ["a", ""],
        ["B", "2"],
      ],
      body: [Buffer.from("one"), Buffer.from("two")],
      trailers: [["Check", "ü"]],
    },
    upstream: {
      status: 404,
      interim: [{ status: 103, headers: [["link", "</é>"]] }],
      headers: [
        ["B", "☃"],
        ["a", "\t1"],
        ["B", "3"],
      ],
      body: [Buffer.from("three"), Buffer.from("four")],
      trailers: [["Sum", "😀"]],
    },
    lockstep: true,
  });
  upstream.play(scene);
  const answer = await send(upstream.url, scene);
  await upstream.close();
  expect(scene.faults).toEqual([]);
  expect(scene.received).toEqual([
    {
      method: "PUT",
      path: "/a?b",
      headers: [
        ["host", "httpbin:8000"],
        ["B", "é"],
        ["a", ""],
        ["B", "2"],
        ["transfer-encoding", "chunked"],
        ["Connection", "close"],
      ],
      trailers: [["Check", "ü"]],
      body: Buffer.from("onetwo"),
    },
  ]);
  expect(answer).toEqual({
    status: 404,
    interim: [{ status: 103, headers: [["link", "</é>"]] }],
    headers: [
      ["B", "☃"],
      ["a", "1"],
      ["B", "3"],
      ["transfer-encoding", "chunked"],
      ["Connection", "close"],
    ],
    trailers: [["Sum", "😀"]],
    body: Buffer.from("threefour"),
    end: "complete",
  });
});
