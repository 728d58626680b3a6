import { expect, test } from "vitest";
import { embed } from "../embedded.ts";
import { eventually } from "../fixtures/eventually.ts";
import { REQUEST } from "../fixtures/streams.ts";
import { filter, on } from "../fixtures/wat.ts";
import type { PluginOptions } from "./plugin.ts";

/** Filters side by side, and what they say. */
function run(...plugins: Omit<PluginOptions, "name">[]) {
  const said: string[] = [];
  const runtime = embed({
    plugins: plugins.map((one, at) => ({ name: `p${at}`, ...one })),
    log: ({ plugin, message }) => said.push(`${plugin}: ${message}`),
  });
  return { runtime, said };
}

const tick = (period: number) => `(drop (call $proxy_set_tick_period_milliseconds (i32.const ${period})))`;

test("ticks come until their period is 0; a larger period than a timer can hold is no shorter one", async () => {
  const module = filter(`
    (global $ticks (mut i32) (i32.const 0))
    ${on("proxy_on_configure", `${tick(1)} ${tick(2)}`, "(i32.const 1)")}
    ${on(
      "proxy_on_tick",
      `(global.set $ticks (i32.add (global.get $ticks) (i32.const 1))) (say "tick")
       (if (i32.eq (global.get $ticks) (i32.const 3)) (then ${tick(0)} ${tick(-1)} (say "enough")))`,
    )}`);
  const { runtime, said } = run({ module });
  await eventually(() => said.includes("p0: enough"));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(said).toEqual(["p0: tick", "p0: tick", "p0: tick", "p0: enough"]);
  runtime.close();
});

const CONSUMER = filter(`
  ${on("proxy_on_configure", '(drop (call $proxy_register_shared_queue "q"* (i32.const 16)))', "(i32.ne (local.get $configuration_size) (i32.const 3))")}
  ${on(
    "proxy_on_queue_ready",
    `(if (i32.eqz (call $proxy_dequeue_shared_queue (local.get $token) (i32.const 16) (i32.const 20)))
       (then (drop (call $proxy_log (i32.const 2) (i32.load (i32.const 16)) (i32.load (i32.const 20))))))
     (if (i32.eq (call $proxy_dequeue_shared_queue (local.get $token) (i32.const 16) (i32.const 20)) (i32.const 7)) (then (say "empty")))`,
  )}`);

const PRODUCER = filter(
  on(
    "proxy_on_request_headers",
    `(if (call $proxy_resolve_shared_queue ""* "q"* (i32.const 16)) (then (say "not mine")))
     (drop (call $proxy_resolve_shared_queue "consumer"* "q"* (i32.const 16)))
     (drop (call $proxy_enqueue_shared_queue (i32.load (i32.const 16)) "item"*)) (say "sent")`,
  ),
);

test("an item put in another VM's queue is told to the root context that registered it, once the sender has returned", async () => {
  const { runtime, said } = run({ module: PRODUCER }, { module: CONSUMER, vmId: "consumer" });
  // The canary of a configuration that is refused has registered the queue last, and is gone.
  expect(runtime.reconfigure("p1", Buffer.from("bad"))).toBe(false);
  said.length = 0;
  runtime.openStream().request({ headers: REQUEST });
  await eventually(() => said.includes("p1: empty"));
  expect(said).toEqual(["p0: not mine", "p0: sent", "p1: item", "p1: empty"]);
  runtime.close();
});

test("shared data is shared by VMs of one id alone", () => {
  const say = (text: string) => `(then (say "${text}"))`;
  const module = filter(
    on(
      "proxy_on_request_headers",
      `(if (call $proxy_get_shared_data "key"* (i32.const 16) (i32.const 20) (i32.const 24)) ${say("none")} (else
         (drop (call $proxy_log (i32.const 2) (i32.load (i32.const 16)) (i32.load (i32.const 20))))))
       (if (i32.eq (call $proxy_set_shared_data "key"* "new"* (i32.const 99)) (i32.const 8)) ${say("lost")})
       (drop (call $proxy_set_shared_data "key"* "value"* (i32.const 0)))`,
    ),
  );
  const other = Buffer.from("a VM of its own");
  const { said, runtime } = run(
    { module, vmId: "a" },
    { module, vmId: "a", vmConfiguration: other },
    { module, vmId: "b" },
  );
  runtime.openStream().request({ headers: REQUEST });
  expect(said).toEqual(["p0: none", "p1: value", "p1: lost", "p2: none"]);
});
