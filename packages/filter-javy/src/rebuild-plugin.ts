import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { command, Failure, run } from "@wasm-header-filter/cli";
import { PLUGIN_FILE, PLUGIN_FOLDER, type PluginRecord, RECORD_FILE, readRecord, sha256 } from "./plugin.ts";
import { sourcesDigest } from "./sources.ts";

const PACKAGES = [
  "cargo-web",
  "clang-19",
  "libclang1-19",
  "lld-19",
  "llvm-19",
  "rust-web-src",
  "rustc-web",
  "wasi-libc",
];

await run(
  command("plugin:build", "Build the plugin from its sources on Debian, and compare it with the one in this package.")
    .option("--update", "put the result in the package instead of comparing")
    .action(({ update }: { update?: boolean }) => {
      const toolchain = installed();
      const dir = mkdtempSync(join(tmpdir(), "filter-javy-plugin-"));
      try {
        const bytes = build(dir);
        const record = { sha256: sha256(bytes), size: bytes.length, sources: sourcesDigest(), toolchain };
        if (update) store(dir, record);
        else compare(record, readRecord());
      } finally {
        rmSync(dir, { recursive: true });
      }
    }),
);

function build(dir: string): Buffer {
  const stdio = ["ignore", "pipe", "inherit"] as const;
  const { status, stdout } = spawnSync(`${PLUGIN_FOLDER}build.sh`, [dir], { encoding: "utf8", stdio: [...stdio] });
  if (status !== 0) throw new Failure("plugin/build.sh failed, for the reason above");
  const module = stdout.trim();
  const wizer = createRequire(import.meta.url).resolve("@bytecodealliance/wizer/wizer.js");
  const stub = `wasi_snapshot_preview1=${PLUGIN_FOLDER}wasi-stub.wat`;
  const out = join(dir, basename(PLUGIN_FILE));
  const options = ["--preload", stub, "--init-func", "initialize-runtime", "--keep-init-func=true"];
  execFileSync(process.execPath, [wizer, ...options, module, "-o", out], { stdio: "inherit" });
  return readFileSync(out);
}

function store(dir: string, record: PluginRecord): void {
  mkdirSync(join(PLUGIN_FOLDER, "artifact"), { recursive: true });
  cpSync(join(dir, basename(PLUGIN_FILE)), PLUGIN_FILE);
  writeFileSync(RECORD_FILE, `${JSON.stringify(record, null, 2)}\n`);
  console.log(`${PLUGIN_FILE} ${record.size} bytes, sha256 ${record.sha256}`);
}

function compare(built: PluginRecord, kept: PluginRecord): void {
  if (built.sha256 === kept.sha256) {
    console.log(`byte-for-byte the same: sha256 ${built.sha256}`);
    return;
  }
  const moved = PACKAGES.filter((name) => built.toolchain[name] !== kept.toolchain[name]).map(
    (name) => `${name} ${built.toolchain[name]} (was ${kept.toolchain[name]})`,
  );
  const reason =
    built.sources !== kept.sources
      ? "its sources have changed"
      : moved.length > 0
        ? `the tools are others: ${moved.join(", ")}`
        : "the sources and the tools are the same, so the build isn't reproducible";
  throw new Failure(
    `built sha256 ${built.sha256}, in the package ${kept.sha256}: ${reason}; --update takes the new one`,
  );
}

/** The versions of the tools, as Debian and npm have them. */
function installed(): Record<string, string> {
  const wizer = createRequire(import.meta.url)("@bytecodealliance/wizer/package.json").version;
  try {
    const text = execFileSync("dpkg-query", ["-W", "-f", "$" + "{Package} $" + "{Version}\n", ...PACKAGES], {
      encoding: "utf8",
    });
    return {
      ...Object.fromEntries(
        text
          .trim()
          .split("\n")
          .map((line) => line.split(" ")),
      ),
      wizer,
    };
  } catch (error) {
    throw new Failure(`the plugin is built on Debian: apt-get install ${PACKAGES.join(" ")}`, { cause: error });
  }
}
