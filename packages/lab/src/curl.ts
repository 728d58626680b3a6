import { request } from "node:http";

/** A response. */
interface CurlResponse {
  readonly status: number;
  readonly reason: string;
  /** Names and values in the order they were received. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** A request and its answer. */
export interface CurlResult {
  readonly url: URL;
  readonly sent: readonly (readonly [string, string])[];
  readonly answer: CurlResponse;
}

/**
 * Sends a GET request as curl does.
 *
 * @param url the address
 * @param extra headers in addition to curl's
 * @param timeout how long to wait for the whole answer, in milliseconds
 * @throws Error if there is no answer in that time
 */
export async function curl(
  url: URL,
  extra: readonly (readonly [string, string])[] = [],
  timeout = 30_000,
): Promise<CurlResult> {
  const sent = [["Host", url.host], ["User-Agent", "curl/8.14.1"], ["Accept", "*/*"], ...extra] as const;
  const answer = await new Promise<CurlResponse>((resolve, reject) => {
    const outgoing = request(url, { agent: false, setHost: false, signal: AbortSignal.timeout(timeout) });
    for (const [name, value] of sent) outgoing.appendHeader(name, value);
    // curl doesn't send this header.
    outgoing.removeHeader("Connection");
    outgoing.on("error", reject).on("response", (incoming) => {
      const chunks: Buffer[] = [];
      const headers = incoming.rawHeaders.flatMap((name, i, all) =>
        i % 2 === 0 ? [[name, all[i + 1] ?? ""] as const] : [],
      );
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk)).on("error", reject);
      incoming.on("end", () =>
        resolve({
          status: incoming.statusCode ?? 0,
          reason: incoming.statusMessage ?? "",
          headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    outgoing.end();
  });
  return { url, sent, answer };
}

/** An exchange as `curl -v` prints it, without the lines about the connection. */
export function verboseOutput({ url, sent, answer }: CurlResult): string {
  return [
    `> GET ${url.pathname}${url.search} HTTP/1.1`,
    ...sent.map(([name, value]) => `> ${name}: ${value}`),
    ">",
    `< HTTP/1.1 ${answer.status} ${answer.reason}`,
    ...answer.headers.map(([name, value]) => `< ${name}: ${value}`),
    "<",
    ...answer.body.trimEnd().split("\n"),
  ].join("\n");
}
