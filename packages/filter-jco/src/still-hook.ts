import childProcess, { type SpawnSyncOptions } from "node:child_process";
import { registerHooks, syncBuiltinESMExports } from "node:module";

const { spawnSync } = childProcess;

// componentize-js starts the engine in a temporary folder with a random name, and passes it the name, which becomes part of the component:
// this passes one name for all folders.
childProcess.spawnSync = ((command: string, args: readonly string[] = [], options: SpawnSyncOptions = {}) => {
  const folder = args.find((arg) => arg.startsWith("--dir="))?.slice("--dir=".length);
  if (folder === undefined) return spawnSync(command, args, options);
  const mapped = args.map((arg) => (arg === `--dir=${folder}` ? `--mapdir=/scratch::${folder}` : arg));
  return spawnSync(command, mapped, { ...options, input: String(options.input).replaceAll(folder, "/scratch") });
}) as typeof spawnSync;
syncBuiltinESMExports();

// The time becomes part of the component, too.
Date.now = () => 0;

// It loads another compiler, which is not used here, and whose native parts npm skips if Node is older than they require.
registerHooks({
  resolve(specifier, context, next) {
    if (specifier !== "@bytecodealliance/weval") return next(specifier, context);
    return { url: "data:text/javascript,export default undefined", shortCircuit: true };
  },
});
