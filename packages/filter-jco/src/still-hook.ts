import childProcess, { type SpawnSyncOptions } from "node:child_process";
import { registerHooks, syncBuiltinESMExports } from "node:module";

const { spawnSync } = childProcess;

// componentize-js starts the engine in a scratch folder whose name is made by chance, and what the engine was told becomes part of the
// component: it is told one name for all of them.
childProcess.spawnSync = ((command: string, args: readonly string[] = [], options: SpawnSyncOptions = {}) => {
  const folder = args.find((arg) => arg.startsWith("--dir="))?.slice("--dir=".length);
  if (folder === undefined) return spawnSync(command, args, options);
  const mapped = args.map((arg) => (arg === `--dir=${folder}` ? `--mapdir=/scratch::${folder}` : arg));
  return spawnSync(command, mapped, { ...options, input: String(options.input).replaceAll(folder, "/scratch") });
}) as typeof spawnSync;
syncBuiltinESMExports();

// It takes the time into the component, too.
Date.now = () => 0;

// It loads its other compiler, which isn't used here, and whose native parts npm leaves out where the machine's Node is older than they ask for.
registerHooks({
  resolve(specifier, context, next) {
    if (specifier !== "@bytecodealliance/weval") return next(specifier, context);
    return { url: "data:text/javascript,export default undefined", shortCircuit: true };
  },
});
