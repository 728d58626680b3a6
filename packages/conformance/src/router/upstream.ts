import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import type { Step } from "./case.ts";
import { startHttp2Upstream } from "./upstream-http2.ts";

/** What an upstream does in one exchange, and what it got. */
export interface Play {
  readonly scripts: readonly (readonly Step[])[];
  /** The requests it got, in order. */
  readonly received: string[];
  /** Resolves once it has got a request. */
  readonly asked: Promise<void>;
}

/** An upstream that reads whole requests and writes scripted text. */
export interface ScriptedUpstream {
  readonly url: URL;
  /** The same by HTTP/2. */
  readonly http2: URL;
  /** Starts an exchange. */
  play(scripts: Play["scripts"]): Play;
  close(): Promise<void>;
}

/** Starts a scripted upstream on a free port of 127.0.0.1. */
export async function startScriptedUpstream(): Promise<ScriptedUpstream> {
  let play: Play | undefined;
  let told: () => void = () => {};
  const next = (request: string): readonly Step[] => {
    const script = play?.scripts[play.received.push(request) - 1] ?? [];
    told();
    return script;
  };
  const http2 = await startHttp2Upstream(next);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.setEncoding("latin1").on("error", () => {});
    let rest = "";
    socket.on("data", (text: string) => {
      rest += text;
      for (let size = requestSize(rest); size !== undefined; size = requestSize(rest)) {
        const request = rest.slice(0, size);
        rest = rest.slice(size);
        run(socket, next(request));
      }
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    http2: http2.url,
    play(scripts) {
      const asked = new Promise<void>((resolve) => {
        told = resolve;
      });
      play = { scripts, received: [], asked };
      return play;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await http2.close();
    },
  };
}

function run(socket: Socket, script: readonly Step[]): void {
  for (const step of script) {
    if (step === "hang up") socket.end();
    else if (step === "reset") socket.resetAndDestroy();
    else if (step !== "wait") socket.write(step, "latin1");
  }
}

/** The path of requests that are answered before their body is complete. */
const EARLY = "/early";

/** How many characters the first request has, once it is complete. */
function requestSize(text: string): number | undefined {
  const head = text.indexOf("\r\n\r\n") + 4;
  if (head < 4) return undefined;
  const lines = text.slice(0, head).toLowerCase();
  if (lines.startsWith(`post ${EARLY} `)) return head;
  if (/\r\ntransfer-encoding: chunked/.test(lines)) {
    const end = /(^|\r\n)0\r\n([^\r\n]+\r\n)*\r\n/.exec(text.slice(head));
    return end ? head + end.index + end[0].length : undefined;
  }
  const size = head + Number(/\r\ncontent-length: (\d+)/.exec(lines)?.[1] ?? 0);
  return text.length >= size ? size : undefined;
}
