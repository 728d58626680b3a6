import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { Failure, readInput } from "@wasm-header-filter/cli";
import type { Reference } from "../reference.ts";
import { askHelper } from "./credential-helper.ts";
import { endpointOf } from "./endpoint.ts";
import { firstValue, listOf, mapOf, struct, text } from "./go-json.ts";
import type { DockerConfig } from "./options.ts";
import { isKnown, type Secret } from "./secret.ts";

interface Config {
  readonly auths: ReadonlyMap<string, Secret>;
  readonly credsStore: string;
  readonly credHelpers: ReadonlyMap<string, string>;
}

/** The key of Docker Hub, which is also the one that helpers are asked for. */
const HUB = "https://index.docker.io/v1/";

const strings = mapOf(text);
const config = struct({
  auths: mapOf(
    struct({
      username: text,
      password: text,
      auth: text,
      serveraddress: text,
      identitytoken: text,
      registrytoken: text,
    }),
  ),
  credsStore: text,
  credHelpers: strings,
  ...{ HttpHeaders: strings, psFormat: text, imagesFormat: text, networksFormat: text, pluginsFormat: text },
  ...{ volumesFormat: text, statsFormat: text, detachKeys: text, serviceInspectFormat: text, servicesFormat: text },
  ...{ tasksFormat: text, secretFormat: text, configFormat: text, nodesFormat: text, currentContext: text },
  ...{ pruneFilters: listOf(text), cliPluginsExtraDirs: listOf(text), aliases: strings, features: strings },
  proxies: mapOf(struct({ httpProxy: text, httpsProxy: text, noProxy: text, ftpProxy: text, allProxy: text })),
  plugins: mapOf(strings),
});

/**
 * Looks up the credentials for a repository, as docker/cli (cli/config/configfile/file.go, cli/config/credentials) and
 * go-containerregistry (pkg/authn/keychain.go) do: from the registry's helper, or else from the configuration itself.
 *
 * @param endpoint host with its port, and repository, as image names have them
 * @param source the folder of config.json, by default the one that {@link defaultFile} finds; or what a Secret holds
 * @returns nothing if there is no file, or nothing in it for this registry
 * @throws Failure if the configuration can't be read or has an invalid entry, of whatever registry, or names a helper that fails
 */
export async function findSecret(
  { host, repository }: { readonly host: string; readonly repository: string },
  source?: string | DockerConfig,
): Promise<Secret | undefined> {
  const registry = host === "docker.io" ? HUB : host;
  if (typeof source === "object") return find(parseSecret(source), registry, source.where, true);
  const path = source === undefined ? defaultFile() : join(source, "config.json");
  if (!existsSync(path)) return undefined;
  const parsed = parse(decode(readInput(path, "Docker's configuration", 1024 * 1024)), path);
  const canonical = host === "docker.io" ? "index.docker.io" : host;
  for (const key of [`${canonical}/${repository}`, registry]) {
    const found = await find(parsed, key, path, false);
    if (found) return found;
  }
  return undefined;
}

/**
 * Why an image cannot be pulled with a Secret, as far as the Secret itself says.
 *
 * @returns nothing if Istio's agent can read it; it may still hold nothing for this image
 */
export async function secretFault(reference: Reference, source: DockerConfig): Promise<string | undefined> {
  try {
    await findSecret(endpointOf(reference, {}), source);
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
}

/**
 * Docker's config.json: in `$DOCKER_CONFIG`, else `~/.docker`. Where there is none, Podman's: `$REGISTRY_AUTH_FILE`, else
 * `$XDG_RUNTIME_DIR/containers/auth.json`.
 */
function defaultFile({ DOCKER_CONFIG, REGISTRY_AUTH_FILE, XDG_RUNTIME_DIR } = process.env): string {
  const docker = join(DOCKER_CONFIG || join(homedir(), ".docker"), "config.json");
  if (existsSync(docker)) return docker;
  const podman = [REGISTRY_AUTH_FILE, XDG_RUNTIME_DIR && join(XDG_RUNTIME_DIR, "containers/auth.json")];
  return podman.find((path) => path && existsSync(path)) ?? docker;
}

function parseSecret({ text, where }: DockerConfig): Config {
  // Istio's agent refuses what would crash an older docker/cli.
  if (text === "null") throw new Failure(`${where}: is null, expected a Docker config.json`);
  return parse(text, where);
}

async function find(config: Config, key: string, path: string, inCluster: boolean): Promise<Secret | undefined> {
  const { auths, credsStore, credHelpers } = config;
  const entry = auths.get(key) ?? [...auths].find(([name]) => hostOf(name) === key)?.[1];
  const helper = credHelpers.get(key) ?? credsStore;
  if (!helper) return known(entry);
  if (inCluster) {
    const by = credHelpers.has(key) ? `credHelpers ${key}` : "credsStore";
    const why = `Istio's agent has no docker-credential-${helper} and fails: "error getting credentials"`;
    throw new Failure(`${path}: ${by} is ${JSON.stringify(helper)}: ${why}; remove it and keep auths`);
  }
  const answer = await askHelper(helper, key, path);
  return known({ ...(entry?.registryToken && { registryToken: entry.registryToken }), ...answer });
}

const known = (secret: Secret | undefined): Secret | undefined => (secret && isKnown(secret) ? secret : undefined);

/** One invalid entry makes the whole configuration invalid, as for docker/cli. */
function parse(json: string, path: string): Config {
  let value: unknown;
  try {
    value = firstValue(json) ?? null;
  } catch {
    // The parser's own text would quote what may be a secret.
    throw new Failure(`${path}: not a JSON object`);
  }
  try {
    const { auths = new Map(), credsStore = "", credHelpers = new Map() } = config(value, undefined, "");
    return { auths: new Map([...auths].map(([key, entry]) => [key, secretOf(entry, key)])), credsStore, credHelpers };
  } catch (error) {
    if (error instanceof TypeError) throw new Failure(`${path}: ${error.message}`);
    throw error;
  }
}

function secretOf(entry: Record<string, string | undefined>, key: string): Secret {
  const { auth, username, password, identitytoken: identityToken, registrytoken: registryToken } = entry;
  const user = auth ? decodeAuth(auth, key) : { ...(username && { username }), ...(password && { password }) };
  return { ...user, ...(identityToken && { identityToken }), ...(registryToken && { registryToken }) };
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Base64 with its padding, in which line breaks are skipped. */
function decodeAuth(auth: string, key: string): Pick<Secret, "username" | "password"> {
  const packed = auth.replace(/[\r\n]/g, "");
  if (!BASE64.test(packed)) throw new TypeError(`auths ${key}: auth is not base64 with its padding`);
  const [, username, rest] = /^([^:]+):(.*)$/s.exec(decode(Buffer.from(packed, "base64"))) ?? [];
  if (username === undefined) throw new TypeError(`auths ${key}: auth is not USERNAME:PASSWORD in base64`);
  const password = rest?.replace(/^\0+|\0+$/g, "");
  return { username, ...(password && { password }) };
}

/** The registry that a key stands for, where it is a URL or has a path (docker/cli cli/config/credentials/file_store.go). */
function hostOf(key: string): string {
  const [, ipv6, name, port] =
    /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#]*@)?(?:\[([^\]/?#]+)\]|([^:/?#[\]]+))(?::(\d*))?(?:[/?#]|$)/i.exec(key) ?? [];
  const host = ipv6 ?? name;
  if (host === undefined) return key.replace(/\/.*$/s, "");
  if (!port) return host;
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

const decode = (bytes: Uint8Array): string => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
