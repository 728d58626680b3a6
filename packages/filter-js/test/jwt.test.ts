import { generateKeyPairSync, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { answering, type EmbeddedStream, embed, type Message } from "proxy-wasm-host";
import { expect, test, vi } from "vitest";

const PAIRS = {
  RS256: generateKeyPairSync("rsa", { modulusLength: 2048 }),
  ES256: generateKeyPairSync("ec", { namedCurve: "P-256" }),
};
const CONFIGURATION = { cluster: "keys", issuer: "issuer", audience: "api" };
const KEYS = Object.entries(PAIRS).map(([kid, { publicKey }]) => ({ ...publicKey.export({ format: "jwk" }), kid }));

function request(alg: keyof typeof PAIRS): Message {
  const claims = { iss: "issuer", aud: "api", sub: "ann", exp: Math.floor(Date.now() / 1000) + 3600 };
  const parts = [{ alg, kid: alg }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
  const key = { key: PAIRS[alg].privateKey, dsaEncoding: "ieee-p1363" } as const;
  const signature = sign("sha256", Buffer.from(parts.join(".")), key).toString("base64url");
  const pseudo = { ":method": "GET", ":path": "/", ":authority": "a", ":scheme": "http" };
  return { headers: [...Object.entries(pseudo), ["authorization", `Bearer ${[...parts, signature].join(".")}`]] };
}

const header = (message: Message | undefined, name: string) => message?.headers.find(([one]) => one === name)?.[1];

test.each(["javy", "jco"])("who asked for the keys may leave: the others get them (%s)", async (engine) => {
  const path = new URL(`../../filter-${engine}/dist/examples/jwt.wasm`, import.meta.url);
  const answers: ((message: Message) => void)[] = [];
  const log: string[] = [];
  const host = embed({
    plugins: [{ name: "jwt", module: readFileSync(path), configuration: Buffer.from(JSON.stringify(CONFIGURATION)) }],
    clusters: answering({ keys: () => new Promise((resolve) => answers.push(resolve)) }),
    log: ({ message }) => log.push(message),
  });
  try {
    const open = (alg: keyof typeof PAIRS): EmbeddedStream => {
      const stream = host.openStream();
      stream.request(request(alg));
      return stream;
    };
    const [first, second, third] = [open("RS256"), open("RS256"), open("ES256")];
    await vi.waitFor(() => expect(answers.length).toBe(1));
    first.end();
    answers[0]?.({ headers: [[":status", "200"]], body: Buffer.from(JSON.stringify({ keys: KEYS })) });
    // This host has no `verify_signature`: RSA is verified in the engine; ECDSA can't be, and such a request must not pass.
    await vi.waitFor(() => expect(second.atUpstream && third.atClient).toBeDefined());
    expect([header(second.atUpstream, "x-jwt-sub"), first.atUpstream, third.atUpstream]).toEqual([
      "ann",
      undefined,
      undefined,
    ]);
    expect(header(third.atClient, ":status")).toBe("503");
    expect(log).toEqual([expect.stringContaining("ECDSA needs a host that has verify_signature")]);
    for (const stream of [second, third, open("RS256")]) stream.end();
    expect(answers.length).toBe(1);
  } finally {
    host.close();
  }
});
