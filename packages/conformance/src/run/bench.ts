import type { Backends } from "../backends/backends.ts";
import { send } from "../backends/client.ts";
import { sceneOf } from "../backends/scene.ts";
import { plainRequest } from "../cases/defaults.ts";
import type { Identity } from "../cases/identity.ts";
import type { ProxyUnderTest } from "../proxies/proxy.ts";

/** What a case runs in. */
export interface Bench {
  readonly proxy: ProxyUnderTest;
  readonly backends: Backends;
  readonly identity: Identity;
}

/** One more exchange through the same proxy: when it is over, the proxy has finished with what came before. */
export async function barrier({ backends, proxy }: Bench): Promise<void> {
  const scene = sceneOf(plainRequest);
  backends.upstream.play(scene);
  await send(proxy.baseline(false), scene);
}
