import type { TrialHost } from "@wasm-header-filter/doctor";
import { ignore } from "proxy-wasm-host";
import { HttpClusters } from "../callouts/clusters.ts";
import { Dialer } from "../net/dialer.ts";
import { nodePlatform } from "./node-platform.ts";

/** This file, for doctor's process that tries modules. */
export const TRIAL_HOST = new URL(import.meta.url);

/** What modules run with in doctor's trial: the same as in filter-host. */
export const trialHost: TrialHost = {
  platform: nodePlatform,
  clusters: (urls) => new HttpClusters(urls, new Dialer(), ignore, ignore),
};
