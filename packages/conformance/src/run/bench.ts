import type { Backends } from "../backends/backends.ts";
import { send } from "../backends/client.ts";
import { sceneOf } from "../backends/scene.ts";
import { plainRequest } from "../cases/defaults.ts";
import type { Identity } from "../cases/identity.ts";
import type { ProxyUnderTest } from "../proxies/proxy.ts";

/** The environment in which a case runs. */
export interface Bench {
  readonly proxy: ProxyUnderTest;
  readonly backends: Backends;
  readonly identity: Identity;
}

/** Sends one more request through the same proxy: when it is answered, the proxy has finished with the earlier ones. */
export async function barrier({ backends, proxy }: Bench): Promise<void> {
  const scene = sceneOf(plainRequest);
  backends.upstream.play(scene);
  await send(proxy.baseline(false), scene);
}
