import { execFile, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { putArtifact } from "../../src/attest/artifact.ts";
import { attach } from "../../src/attest/attach.ts";
import { BUNDLE } from "../../src/attest/bundle.ts";
import { testResultClaim } from "../../src/attest/claims.ts";
import { readSigner } from "../../src/attest/keys.ts";
import { signImage } from "../../src/attest/sign.ts";
import type { Digest } from "../../src/digest.ts";
import { wasmModule } from "../../src/fixtures/module.ts";
import { startRegistry } from "../../src/fixtures/registry.ts";
import type { Stored } from "../../src/fixtures/stored-registry.ts";
import { createImage } from "../../src/formats.ts";
import { parseReference } from "../../src/reference.ts";
import { openRepository, type Repository } from "../../src/registry/repository.ts";
import { variants } from "./variants.ts";

/** What is asked of cosign, and copied by oras: Go modules, pinned. */
const VERSIONS = { cosign: "v3.1.3", oras: "v1.3.6" };

/** What cosign said of an image: whether it is signed, or else why not. */
interface Verdict {
  readonly verified: boolean;
  readonly said: string;
}

/** The record: repositories that the real programs wrote, bundles, and cosign's verdict on each. */
export interface CosignRecord {
  readonly versions: typeof VERSIONS;
  /** In PEM. */
  readonly publicKey: string;
  /** The image's manifest. */
  readonly image: string;
  readonly repositories: Readonly<Record<string, { readonly stored: Stored; readonly verdict: Verdict }>>;
  readonly bundles: Readonly<Record<string, { readonly bundle: string; readonly verdict: Verdict }>>;
}

const run = promisify(execFile);
const PASSWORD = "test";

/**
 * Records what cosign and oras write, and what cosign says of it: with the programs in `GOBIN`, which are installed if they aren't there.
 *
 * @throws Error if Go or docker-registry is missing
 */
export async function recordCosign(): Promise<CosignRecord> {
  const dir = mkdtempSync(join(tmpdir(), "cosign-"));
  const registry = await startRegistry();
  let cosign: Cosign | undefined;
  try {
    const bin = process.env.GOBIN ?? join(dir, "bin");
    const env = { ...process.env, GOBIN: bin, COSIGN_PASSWORD: PASSWORD, DOCKER_CONFIG: dir };
    if (!existsSync(join(bin, "oras")))
      await run("go", ["install", `oras.land/oras/cmd/oras@${VERSIONS.oras}`], { env });
    if (!existsSync(join(bin, "cosign-commands"))) await buildCosign(join(bin, "cosign-commands"), dir);
    const oras = (...args: string[]) => run(join(bin, "oras"), args, { env, cwd: dir });
    cosign = startCosign(join(bin, "cosign-commands"), dir, env);
    const succeed = async (...args: string[]) => {
      const { verified, said } = await (cosign as Cosign).run(args);
      if (!verified) throw new Error(`cosign ${args.join(" ")}: ${said}`);
    };
    for (const name of ["ours", "other"]) await succeed("generate-key-pair", name);
    const [ours, other] = ["ours", "other"].map((name) => readSigner(join(dir, `${name}.key`), PASSWORD));
    if (!ours || !other) throw new Error("no keys");
    const image = await createImage("compat", { module: wasmModule(), abi: "0.2.1", annotations: {} });
    const { digest } = image.descriptor;
    const manifest = new TextDecoder().decode(image.blobs.get(digest));

    const verdict = async (name: string): Promise<Verdict> => {
      const args = ["verify", "ours.pub", `${registry.host}/${name}@${digest}`];
      const { verified, said } = await (cosign as Cosign).run(args);
      return { verified, said: said.replaceAll(registry.host, "registry.example").split("\n")[0] ?? "" };
    };
    /** An image, what is done to it, and cosign's verdict on what its repository, or a copy of it, then holds. */
    const made: Record<string, { stored: Stored; verdict: Verdict }> = {};
    const keep = async (name: string, act: (at: string, repository: Repository) => Promise<unknown>) => {
      const open = (path: string) => openRepository(parseReference(`${registry.host}/${path}`));
      await open(name).push(image, "1");
      await act(`${registry.host}/${name}@${digest}`, open(name));
      await oras(
        "cp",
        "-r",
        "--from-plain-http",
        "--to-plain-http",
        `${registry.host}/${name}:1`,
        `${registry.host}/${name}-copy:1`,
      );
      for (const each of [name, `${name}-copy`]) {
        made[each] = { stored: await dump(open(each)), verdict: await verdict(each) };
      }
    };
    const sign = (at: string, key: string, format = "bundle") => succeed("sign", `${key}.key`, format, at);
    const say = (at: string, format: string) =>
      succeed("attest", "ours.key", format, "predicate.json", "https://example.com/predicate", at);
    await keep("unsigned", async () => {});
    await keep("cosign-bundle", (at) => sign(at, "ours"));
    await keep("cosign-tag", (at) => sign(at, "ours", "tag"));
    await keep("cosign-other-bundle", (at) => sign(at, "other"));
    await keep("cosign-other-tag", (at) => sign(at, "other", "tag"));
    await keep("cosign-two-bundles", async (at) => {
      for (const key of ["ours", "other"]) await sign(at, key);
    });
    await keep("cosign-bundle-of-other-tag-of-ours", async (at) => {
      await sign(at, "ours", "tag");
      await sign(at, "other");
    });
    writeFileSync(join(dir, "predicate.json"), "{}");
    await keep("cosign-attestation", (at) => say(at, "bundle"));
    await keep("cosign-attestation-tag", (at) => say(at, "tag"));
    await keep("ours-bundle", (at, repository) =>
      signImage(repository, at.split("@")[0] ?? "", image.descriptor, ours),
    );
    await keep("ours-tag", (at, repository) =>
      signImage(repository, at.split("@")[0] ?? "", image.descriptor, ours, "tag"),
    );
    await keep("ours-attached", (at, repository) => {
      const claims = [testResultClaim({ module: "ab".repeat(32), passed: ["one"], failed: [], excused: [] })];
      return attach(repository, image.descriptor, { name: at.split("@")[0] ?? "", claims, signer: ours });
    });

    const bundles: Record<string, { bundle: string; verdict: Verdict }> = {};
    for (const [at, [name, bundle]] of Object.entries(variants(manifest, ours, other)).entries()) {
      const repository = openRepository(parseReference(`${registry.host}/variant-${at}`));
      await repository.push(image, "1");
      const layers = [{ mediaType: BUNDLE, bytes: new TextEncoder().encode(bundle) }];
      await putArtifact(repository, { artifactType: BUNDLE, subject: image.descriptor, layers });
      bundles[name] = { bundle, verdict: await verdict(`variant-${at}`) };
    }
    return {
      versions: VERSIONS,
      publicKey: readFileSync(join(dir, "ours.pub"), "utf8"),
      image: manifest,
      repositories: made,
      bundles,
    };
  } finally {
    cosign?.end();
    await registry.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Builds the program that runs cosign's commands; `main.go` says how it is asked. */
async function buildCosign(output: string, dir: string): Promise<void> {
  const cwd = join(dir, "go");
  mkdirSync(cwd);
  cpSync(new URL("main.go", import.meta.url), join(cwd, "main.go"));
  const module = `module cosigncommands\n\ngo 1.26\n\nrequire github.com/sigstore/cosign/v3 ${VERSIONS.cosign}\n`;
  writeFileSync(join(cwd, "go.mod"), module);
  await run("go", ["mod", "tidy"], { cwd });
  await run("go", ["build", "-o", output, "."], { cwd });
}

/** Runs cosign's commands in one process. */
interface Cosign {
  run(args: readonly string[]): Promise<Verdict>;
  end(): void;
}

function startCosign(path: string, cwd: string, env: NodeJS.ProcessEnv): Cosign {
  const child = spawn(path, { cwd, env, stdio: ["pipe", "pipe", "ignore"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async run(args) {
      child.stdin.write(`${args.join(" ")}\n`);
      for (;;) {
        const { value, done } = await lines.next();
        if (done) throw new Error(`cosign ${args[0]}: the program ended`);
        const [, verified, said = '""'] = /^@ (true|false) (".*")$/.exec(value) ?? [];
        if (verified)
          return { verified: verified === "true", said: JSON.parse(said.replace(/\\x[0-9a-f]{2}|\\a|\\v/g, "?")) };
      }
    },
    end: () => void child.stdin.end(),
  };
}

/** A repository's manifests and the blobs of those that are no image, as text. */
async function dump(repository: Repository): Promise<Stored> {
  const manifests: Record<string, string> = {};
  const blobs = new Set<string>();
  const add = async (name: string): Promise<void> => {
    const { bytes } = await repository.manifest(name);
    const text = new TextDecoder().decode(bytes);
    manifests[name] = text;
    const { config, layers = [], manifests: entries = [] } = JSON.parse(text);
    for (const { digest } of entries as { digest: Digest }[]) await add(digest);
    for (const blob of [config, ...layers].filter((one) => one && !/image\.(layer|config)/.test(one.mediaType))) {
      blobs.add(new TextDecoder().decode(await repository.blob(blob)));
    }
  };
  for (const tag of await repository.tags()) await add(tag);
  return { manifests, blobs: [...blobs] };
}

/** Writes the record, an entry a line. */
export function writeRecord(path: string, record: CosignRecord): void {
  const lines = (entries: object) =>
    `{\n${Object.entries(entries)
      .map(([name, entry]) => `${JSON.stringify(name)}: ${JSON.stringify(entry)}`)
      .join(",\n")}\n}`;
  const { repositories, bundles, ...rest } = record;
  const fields = Object.entries(rest).map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  const groups = [`"repositories": ${lines(repositories)}`, `"bundles": ${lines(bundles)}`];
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, `{${[...fields, ...groups].join(",\n")}}\n`);
}
