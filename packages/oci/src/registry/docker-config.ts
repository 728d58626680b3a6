import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { Failure, readInput } from "@wasm-header-filter/cli";
import { askHelper } from "./credential-helper.ts";
import type { Secret } from "./secret.ts";

/** An entry of `auths` in config.json. It is empty when a helper stores the credentials. */
interface Entry {
  readonly auth?: unknown;
  readonly username?: unknown;
  readonly password?: unknown;
  readonly identitytoken?: unknown;
  readonly registrytoken?: unknown;
}

/** The part of a config.json that needs no helper. */
export interface DockerConfig {
  readonly auths?: Readonly<Record<string, unknown>>;
}

interface Config extends DockerConfig {
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string>>;
}

/** What Docker Hub is called in config.json and by helpers; the first is what `docker login` writes. */
const HUB_KEYS = ["https://index.docker.io/v1/", "index.docker.io", "docker.io", "registry-1.docker.io"];

/**
 * Looks up the credentials that `docker login` stored for a registry: its helper's answer, or else the entry in config.json
 * (docker/cli cli/config/configfile/file.go).
 *
 * @param host with its port, as image names have it
 * @param source the folder of config.json, by default `$DOCKER_CONFIG`, else `~/.docker`; or what one holds
 * @returns nothing if there is no file or nothing in it for this registry
 * @throws Failure if the file can't be read, or names a helper that fails
 */
export async function findSecret(
  host: string,
  source: string | DockerConfig = process.env.DOCKER_CONFIG || join(homedir(), ".docker"),
): Promise<Secret | undefined> {
  const keys = HUB_KEYS.includes(host) ? HUB_KEYS : [host];
  if (typeof source !== "string") return entryOf(source, keys, "Docker's configuration");
  const path = join(source, "config.json");
  if (!existsSync(path)) return undefined;
  const config = parse(readInput(path, "Docker's configuration", 1024 * 1024), path);
  const named = keys.find((key) => Object.hasOwn(config.credHelpers ?? {}, key));
  const helper = named === undefined ? config.credsStore : config.credHelpers?.[named];
  const kept = helper ? await askHelper(helper, named ?? keys[0] ?? host, path) : undefined;
  return kept ?? entryOf(config, keys, path);
}

function entryOf({ auths = {} }: DockerConfig, keys: readonly string[], path: string): Secret | undefined {
  const names = Object.keys(auths);
  const name = names.find((key) => keys.includes(key)) ?? names.find((key) => keys.includes(hostOf(key)));
  const entry = name === undefined ? undefined : (auths[name] as Entry | null | undefined);
  if (!entry) return undefined;
  const { auth, identitytoken, registrytoken } = entry;
  if (isText(registrytoken)) return { kind: "bearer", token: registrytoken };
  if (isText(identitytoken)) return { kind: "identity", token: identitytoken };
  if (isText(entry.username) && isText(entry.password)) {
    return { kind: "password", username: entry.username, password: entry.password };
  }
  if (!isText(auth)) return undefined;
  const text = Buffer.from(auth, "base64").toString().replace(/\0+$/, "");
  const colon = text.indexOf(":");
  if (colon < 1) throw new Failure(`${path}: auths ${name}: auth is not USERNAME:PASSWORD in base64`);
  return { kind: "password", username: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** Older entries are URLs: `https://registry.example/v1/`. */
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
}

function parse(bytes: Uint8Array, path: string): Config {
  try {
    const config: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof config === "object" && config !== null) return config;
  } catch {
    // The parser's own text would quote what may be a secret.
  }
  throw new Failure(`${path}: not a JSON object`);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
