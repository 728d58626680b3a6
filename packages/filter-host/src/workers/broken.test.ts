import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { eventually, filter } from "proxy-wasm-host/testing";
import { expect, onTestFinished, test } from "vitest";
import { frame, PREFACE, requestFrame, TYPE, words } from "../fixtures/http2-frames.ts";
import { GET, OK } from "../fixtures/proxy.ts";
import { ask, dial, scriptedUpstream } from "../fixtures/sockets.ts";

const MAIN = new URL("../main.ts", import.meta.url).pathname;
const THROWS = new URL("../fixtures/throws-on-demand.ts", import.meta.url).href;
const CLOSES = OK.replace("content", "connection: close\r\ncontent");

test.each([1, 2])(
  "a process with %i worker(s) continues after each exception, and no worker exits",
  async (workers) => {
    const folder = mkdtempSync(join(tmpdir(), "broken-"));
    const module = join(folder, "pass.wasm");
    writeFileSync(module, filter(""));
    const upstream = await scriptedUpstream(() => [CLOSES]);
    const where = ["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--upstream", upstream.url.href];
    const args = ["--import", THROWS, MAIN, "serve", module, ...where, "--workers", String(workers)];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
    onTestFinished(async () => {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      upstream.close();
      rmSync(folder, { recursive: true });
    });
    const lines: string[] = [];
    createInterface(child.stderr).on("line", (line) => lines.push(line));
    const started = () => lines.map((line) => /proxy (http:\S+) .* admin (http:[^,\s]+)/.exec(line)).find(Boolean);
    await eventually(() => started() !== undefined || child.exitCode !== null);
    const [, proxy, admin] = started() ?? [];
    const url = new URL(proxy as string);
    const errors = () => lines.filter((line) => line.includes("internal error at"));
    let count = 0;
    // The kernel distributes connections among the workers.
    for (let times = 0; times < 4 * workers; times++) {
      for (const [place, status] of [
        ["ask", 500],
        ["respond", 500],
        ["end", 200],
      ] as const) {
        expect(await ask(url, GET.replace("host", `x-throw: ${place}\r\nhost`))).toMatch(
          new RegExp(`^HTTP/1.1 ${status} `),
        );
        count++;
        await eventually(() => errors().length === count);
        expect(errors().at(-1)).toMatch(
          new RegExp(`internal error at [^:]+: injected at ${place} \\(throws-on-demand`),
        );
      }
      const client = await dial(url);
      client.send(PREFACE + requestFrame(1) + frame(TYPE.reset, 0, 1, words(8)) + frame(TYPE.ping, 0, 0, "answer!!"));
      await Promise.race([client.until(/answer!!/), client.rest()]);
      client.socket.destroy();
      expect(await ask(url, GET)).toMatch(/^HTTP\/1.1 200 /);
    }
    expect(
      await ask(new URL(admin as string), "GET // HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"),
    ).toMatch(/^HTTP\/1.1 404 /);
    expect(child.exitCode).toBe(null);
    expect(lines.filter((line) => /worker \d+ exited/.test(line))).toEqual([]);
  },
);
