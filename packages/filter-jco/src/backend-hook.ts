import { registerHooks } from "node:module";
import { extname } from "node:path";

const here = new URL("./", import.meta.url).href;

// jco has no option for the engine that its QuickJS backend uses, so this replaces the backend when jco loads it.
registerHooks({
  resolve(specifier, context, next) {
    const ours = context.parentURL?.startsWith(here);
    if (specifier !== "componentize-qjs" || ours) return next(specifier, context);
    return { url: new URL(`backend${extname(import.meta.filename)}`, here).href, shortCircuit: true };
  },
});
