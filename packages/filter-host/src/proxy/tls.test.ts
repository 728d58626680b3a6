import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createPlain } from "node:http";
import { createSecureServer } from "node:http2";
import { createServer } from "node:https";
import type { AddressInfo, Server, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTls, type TLSSocket } from "node:tls";
import { ServerCredentials } from "@grpc/grpc-js";
import type { TraceEvent } from "proxy-wasm-host";
import { eventually, filter, on, pairs } from "proxy-wasm-host/testing";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { grpcServer } from "../fixtures/grpc.ts";
import { GET, OK, proxy } from "../fixtures/proxy.ts";
import { ask, dial } from "../fixtures/sockets.ts";
import type { HostOptions } from "../host-options.ts";

const folder = mkdtempSync(join(tmpdir(), "tls-"));
afterAll(() => rmSync(folder, { recursive: true }));

const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
openssl("req", "-x509", ...KEY, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=test CA");

/** A key and its certificate, which the CA has signed. */
function certificate(name: string, alternative: string) {
  openssl("req", ...KEY, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${name}`);
  writeFileSync(join(folder, "extensions"), `subjectAltName=${alternative}`);
  const signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "extensions"];
  openssl("x509", "-req", "-in", `${name}.csr`, "-out", `${name}.pem`, ...signed);
  const read = (end: string) => readFileSync(join(folder, `${name}.${end}`));
  return { key: read("key"), cert: read("pem") };
}
const ca = readFileSync(join(folder, "ca.pem"), "utf8");
const good = certificate("local", "DNS:localhost,IP:127.0.0.1");
const other = certificate("other", "DNS:other.example");

/** Starts a server, which ends with the test. */
async function started(server: Server, name = "localhost"): Promise<URL> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return new URL(`https://${name}:${(server.address() as AddressInfo).port}`);
}

/** A server that notes of each request its protocol, the name by SNI, and the body. */
function noting(kind: "http/1.1" | "h2" | "both", keys = good) {
  const seen: string[] = [];
  const server =
    kind === "http/1.1" ? createServer(keys) : createSecureServer({ ...keys, allowHTTP1: kind === "both" });
  server.on("request", (req, res) => {
    let body = "";
    req.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    req.on("end", () => {
      seen.push(`${req.httpVersion} ${(req.socket as TLSSocket & { servername?: string }).servername || "-"} ${body}`);
      res.end("ok");
    });
  });
  return { server: server as Server, seen };
}

const POST = "POST / HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-length: 3\r\n\r\nabc";

test.each([
  ["http/1.1", "1.1"],
  ["h2", "2.0"],
  ["both", "2.0"],
] as const)(
  "an upstream that accepts %s is asked over HTTP/%s, on a connection that is used again",
  async (kind, version) => {
    const { server, seen } = noting(kind);
    let connections = 0;
    server.on("secureConnection", () => connections++);
    const { host, said } = await proxy(() => [], undefined, { upstream: await started(server), tls: { ca } });
    for (let times = 0; times < 2; times++) expect(await ask(host.url, POST)).toContain(" 200 OK");
    expect([seen, connections]).toEqual([Array(2).fill(`${version} localhost abc`), 1]);
    await Promise.all([ask(host.url, GET), ask(host.url, GET)]);
    expect(seen.slice(2)).toEqual(Array(2).fill(`${version} localhost `));
    expect(said("host")).toEqual([]);
  },
);

test("requests that come together share the connection that chooses the protocol", async () => {
  const { server, seen } = noting("h2");
  let connections = 0;
  server.on("secureConnection", () => connections++);
  const { host } = await proxy(() => [], undefined, { upstream: await started(server), tls: { ca } });
  await Promise.all(Array.from({ length: 5 }, () => ask(host.url, POST)));
  expect([seen, connections]).toEqual([Array(5).fill("2.0 localhost abc"), 1]);
});

test("workers use TLS, too, and the name can be given", async () => {
  const { server, seen } = noting("h2", other);
  const tls = { ca, serverName: "other.example" };
  const { host } = await proxy(() => [], undefined, { upstream: await started(server), tls, workers: 2 });
  expect(await ask(host.url, POST)).toContain(" 200 OK");
  expect(seen).toEqual(["2.0 other.example abc"]);
});

test("an address is verified without SNI, or nothing is", async () => {
  const { server, seen } = noting("http/1.1");
  const verified = await proxy(() => [], undefined, { upstream: await started(server, "127.0.0.1"), tls: { ca } });
  expect(await ask(verified.host.url, GET)).toContain(" 200 OK");
  const wrong = noting("http/1.1", other);
  const trusting = await proxy(() => [], undefined, { upstream: await started(wrong.server), tls: { insecure: true } });
  expect(await ask(trusting.host.url, GET)).toContain(" 200 OK");
  expect([...seen, ...wrong.seen]).toEqual(["1.1 - ", "1.1 localhost "]);
});

const UNTRUSTED = /^TLS: its certificate is not trusted; give the file of its CA with --upstream-ca \([A-Z_]+\)$/;
const WRONG_NAME =
  /^TLS: its certificate is for other\.example; use that name, or give it with --upstream-sni \(ERR_TLS_CERT_ALTNAME_INVALID\)$/;
const PLAIN = /^TLS: it does not speak TLS; is it http:\/\/\? \(ERR_SSL_[A-Z_]+\)$/;
const CUT = /^TLS: it closed the connection during the handshake \(ECONNRESET\)$/;

test.each([
  ["whose CA is not trusted", () => createServer(good), {}, UNTRUSTED],
  ["whose CA is not trusted, over HTTP/2", () => createSecureServer(good), {}, UNTRUSTED],
  ["with another name", () => createServer(other), { ca }, WRONG_NAME],
  ["that does not speak TLS", () => createPlain(), { ca }, PLAIN],
  ["that closes connections", () => createPlain().on("clientError", (_, socket) => socket.destroy()), { ca }, CUT],
] as const)("an upstream %s: 503, and one line however many requests there are", async (_, server, tls, text) => {
  const upstream = await started(server());
  const { host, said } = await proxy(() => [], undefined, { upstream, tls });
  for (let times = 0; times < 3; times++) {
    const answer = await ask(host.url, GET);
    expect(answer).toMatch(/^HTTP\/1.1 503 .*remote connection failure, transport failure reason: TLS_error$/s);
  }
  const prefix = `upstream ${upstream.href}: `;
  expect(said("host")).toEqual([expect.stringContaining(prefix)]);
  expect(said("host")[0]?.slice(prefix.length)).toMatch(text);
});

test("network filters in front of a server with TLS", async () => {
  const server = createTls(good, (socket) => socket.pipe(socket));
  const { host } = await proxy(() => [], undefined, { upstream: await started(server), tls: { ca }, tcp: true });
  const client = await dial(host.url);
  client.send("hello");
  client.socket.end();
  expect(await client.rest()).toBe("hello");
});

const HEADERS = pairs([":method", "GET"], [":authority", "h"], [":path", "/"]);
const RESULT = "(i32.const 32) (i32.const 36)";
/** Calls the service `web` over HTTP and the service `grpc` over gRPC. */
const CALLS = filter(`
  ${on(
    "proxy_on_request_headers",
    `(drop (call $proxy_http_call "web"* "${HEADERS}"* ""* ""* (i32.const 60000) (i32.const 16)))
     (drop (call $proxy_grpc_call "grpc"* "test.Echo"* "Once"* ""* "hi"* (i32.const 60000) (i32.const 16)))`,
  )}
  ${on("proxy_on_http_call_response", `(drop (call $proxy_get_header_map_value (i32.const 6) ":status"* ${RESULT}))`)}
  ${on("proxy_on_grpc_receive", `(drop (call $proxy_get_buffer_bytes (i32.const 5) (i32.const 0) (i32.const 99) ${RESULT}))`)}
  ${on("proxy_on_grpc_close", `(drop (call $proxy_get_status (i32.const 40) ${RESULT}))`)}`);

/** What services answer to the calls. */
async function called(clusters: Record<string, URL>, tls: HostOptions["tls"]) {
  const answers: unknown[] = [];
  const trace = ({ kind, phase, name, results }: TraceEvent) => {
    if (kind === "call" && phase === "leave" && name.includes("_get_"))
      answers.push(Object.values(results ?? {}).at(-1));
  };
  const { host, said } = await proxy(() => [OK, "HANG UP"], CALLS, { clusters, tls, trace });
  const asked = async (wanted: number) => {
    await ask(host.url, GET);
    await eventually(() => answers.length >= wanted);
  };
  return { answers, said, asked };
}

test("services that filters call over HTTP and gRPC", async () => {
  const keys = [{ private_key: good.key, cert_chain: good.cert }];
  const server = await grpcServer(ServerCredentials.createSsl(null, keys));
  onTestFinished(server.close);
  const { server: web, seen } = noting("h2");
  const urls = { web: await started(web), grpc: new URL(`https://localhost:${server.url.port}`) };
  const right = await called(urls, { ca, serverName: "only.for.the.upstream" });
  await right.asked(2);
  expect([right.answers.sort(), seen, right.said("host")]).toEqual([["200", "re:hi"], ["2.0 localhost "], []]);
  const untrusted = await called(urls, {});
  await untrusted.asked(2);
  await untrusted.asked(4);
  const lines = [urls.web, urls.grpc].map(({ href }) => `cluster ${href}: TLS: its certificate is not trusted`);
  expect(untrusted.said("host").sort()).toEqual(lines.sort().map((line) => expect.stringContaining(line)));
});

test("a service for gRPC must accept HTTP/2", async () => {
  const { server } = noting("http/1.1");
  const url = await started(server);
  const { asked, said } = await called({ web: url, grpc: url }, { ca });
  await asked(2);
  expect(said("host")).toEqual([expect.stringMatching(/^cluster https:.*: TLS: .*(accepts none of|accept HTTP\/2)/)]);
});
