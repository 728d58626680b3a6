import type { Socket } from "node:net";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { type BodyFormat, MessageWriter } from "./message-writer.ts";

/** What a writer writes. */
async function written(write: (writer: MessageWriter) => void): Promise<string> {
  const stream = new PassThrough();
  write(new MessageWriter(stream as unknown as Socket));
  stream.end();
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString("latin1");
}

const HEAD = "HTTP/1.1 200 OK\r\na: \xe4\r\nb: \r\n\r\n";

test.each<[BodyFormat, string]>([
  ["plain", `${HEAD}abc`],
  ["chunked", `${HEAD}2\r\nab\r\n1\r\nc\r\n0\r\nt: v\r\n\r\n`],
  ["none", HEAD],
])("a message with a body: %s", async (format, expected) => {
  const text = await written((writer) => {
    writer.head(
      "HTTP/1.1 200 OK",
      [
        ["a", "\xe4"],
        ["b", ""],
      ],
      format,
    );
    writer.data(Buffer.from("ab"));
    // An empty chunk would end the body.
    writer.data(Buffer.alloc(0));
    writer.data(Buffer.from("c"));
    writer.end([["t", "v"]]);
  });
  expect(text).toBe(expected);
});

test("messages follow each other, and the body of one is not that of the next", async () => {
  const text = await written((writer) => {
    writer.head("A", [], "chunked");
    writer.end();
    writer.head("B", [], "plain");
    writer.end();
    writer.head("C", [], "chunked");
    writer.data(Buffer.alloc(17));
    writer.end();
  });
  expect(text).toBe(`A\r\n\r\n0\r\n\r\nB\r\n\r\nC\r\n\r\n11\r\n${"\0".repeat(17)}\r\n0\r\n\r\n`);
});

test("nothing is written once the connection is gone", () => {
  const stream = new PassThrough();
  stream.destroy();
  const writer = new MessageWriter(stream as unknown as Socket);
  writer.head("A", [], "plain");
  expect(writer.data(Buffer.from("abc"))).toBe(true);
  expect(stream.writableLength).toBe(0);
});
