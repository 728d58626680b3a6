import { command, palette, run, UsageError } from "@wasm-header-filter/cli";
import { Option } from "commander";
import { askEngine, askExample, askLanguage, askName } from "./ask.ts";
import { create, type Engine, LANGUAGES, type Language, languageOf } from "./create.ts";
import { stock } from "./stock.ts";

interface Options {
  readonly language?: Language;
  readonly engine?: Engine;
  readonly license: string;
  readonly example?: string;
  readonly yes?: boolean;
}

const engines = Object.values(LANGUAGES).flat();

await run(
  command("create-proxy-wasm-filter", "Start a Proxy-Wasm filter of your own, for Envoy and Istio.")
    .argument("[folder]", "the new folder, whose name is the filter's")
    .addOption(new Option("--language <name>", "what it is written in").choices(Object.keys(LANGUAGES)))
    .addOption(new Option("--engine <name>", "what it runs on: as, or javy or jco for TypeScript").choices(engines))
    .option("--example <name>", `start from one of ${Object.keys(stock.examples).join(", ")}`)
    .option("--license <spdx>", "its licence", "Apache-2.0")
    .option("--yes", "ask nothing; what is not given has its default")
    .action(async (folder: string | undefined, options: Options) => {
      const asks = !options.yes && process.stdin.isTTY && process.stdout.isTTY;
      const named = folder ?? (asks ? await askName() : undefined);
      if (named === undefined) throw new UsageError("expected the new folder, such as my-filter");
      const language = options.language ?? languageOf(options.engine) ?? (asks ? await askLanguage() : "typescript");
      const engine = options.engine ?? (asks ? await askEngine(language) : LANGUAGES[language][0]);
      const example =
        options.example ?? (asks && language === "typescript" ? await askExample(stock.examples) : undefined);
      const files = create({ folder: named, language, engine, license: options.license, example }, stock);
      const { bold, dim } = palette(process.stdout);
      console.log(`${bold(named)} ${dim(files.join(" "))}\n\n  cd ${named}\n  npm install\n  npm run dev`);
    }),
);
