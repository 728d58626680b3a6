import { spawnSync } from "node:child_process";
import { basename } from "node:path";
import { Failure } from "@wasm-header-filter/cli";
import { findVariants } from "@wasm-header-filter/oci";

const SCOPE = "@wasm-header-filter/";

/**
 * Builds what the lab shows: the variant, its manifests and the page; nothing if they are up to date. Installs what that needs.
 *
 * @param root the repository's root
 * @param name the variant, also one that is built on demand
 * @throws Failure if there is no such variant, or its build fails
 */
export function buildVariant(root: string, name: string): void {
  const variants = findVariants(root, "all");
  const variant = variants.find(({ variant }) => variant === name);
  const names = variants.map(({ variant }) => variant).join(", ");
  if (!variant) throw new Failure(`--variant ${name}: no such variant, expected one of ${names}`);
  run(process.execPath, ["scripts/install.mjs", "lab", basename(variant.dir)]);
  const tasks = variant.onDemand ? ["build", "build:all"] : ["build"];
  const packages = [variant.name, `${SCOPE}manifests`, `${SCOPE}flight-recorder`];
  const filters = packages.map((name) => `--filter=${name}`);
  run("turbo", ["run", ...tasks, ...filters, "--output-logs=new-only"]);

  function run(command: string, args: readonly string[]): void {
    const { status } = spawnSync(command, args, {
      cwd: root,
      stdio: ["ignore", process.stderr, "inherit"],
      env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1" },
      shell: process.platform === "win32" && command === "turbo",
    });
    if (status !== 0) throw new Failure(`--variant ${name}: the build failed, see above`);
  }
}
