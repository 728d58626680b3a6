// Installs the npm packages when the lock file has changed since the last install: all of them, or those that the folders of packages/
// given as arguments need. Runs on the machine's own Node (20 or newer).
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const stamp = `${root}node_modules/.lock-sha256`;
const lock = createHash("sha256")
  .update(readFileSync(`${root}package-lock.json`))
  .digest("hex");

const [major] = process.versions.node.split(".");
if (Number(major) < 20) {
  console.error(
    `install: Node ${process.version} is too old; expected 20 or newer; install a newer Node and run the command again`,
  );
  process.exit(2);
}
const wanted = process.argv.slice(2);
// The stamp is the lock file's hash, and the folders if not all packages were installed.
const [installed, ...folders] = existsSync(stamp) ? readFileSync(stamp, "utf8").split(" ") : [];
const partly = folders.length > 0;
if (installed === lock && (!partly || (wanted.length > 0 && wanted.every((folder) => folders.includes(folder))))) {
  process.exit(0);
}
const only = partly && installed === lock ? [] : wanted;

console.error("installing npm packages (once per package-lock.json) ...");
const bin = `${root}node_modules/.bin`;
const hadNode = existsSync(`${bin}/node`);
npmInstall();
// npm skips optional packages that need a newer Node than it runs on, so install again with the Node that was just installed.
if (!hadNode && existsSync(`${bin}/node`)) npmInstall();
writeFileSync(stamp, [lock, ...only].join(" "));

function npmInstall() {
  const part =
    only.length > 0 ? ["--include-workspace-root", ...only.map((folder) => `--workspace=packages/${folder}`)] : [];
  const { status } = spawnSync("npm", ["install", "--no-save", "--loglevel=error", ...part], {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32",
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` },
  });
  if (status === 0) return;
  console.error(
    "install: npm install failed (see above); check that the npm registry is reachable and run the command again",
  );
  process.exit(1);
}
