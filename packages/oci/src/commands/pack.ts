import { keyValue, palette, UsageError } from "@wasm-header-filter/cli";
import { type Command, Option } from "commander";
import { FORMATS, type Format } from "../formats.ts";
import { pack, packModule } from "../pack.ts";
import { parseReference, type Reference, repositoryOption } from "../reference.ts";
import { revisionOf } from "../source.ts";
import { bytes } from "../units.ts";

interface PackCommandOptions {
  readonly output: string;
  readonly format: Format;
  readonly repository?: Reference;
  readonly name?: Reference;
  readonly version?: string;
  readonly title?: string;
  readonly description?: string;
  readonly license?: string;
  readonly source?: string;
  readonly revision?: string;
  readonly label?: Readonly<Record<string, string>>;
}

const VARIANTS = parseReference("wasm-header-filter");
const IMAGE = "org.opencontainers.image";

/** Adds the command that packs a module. */
export function addPackCommand(oci: Command): void {
  oci
    .command("pack")
    .description("Pack any module, with --name and --version, or that of the variant package in the working directory.")
    .argument("[wasm]", "the module", "build/plugin.wasm")
    .option("-o, --output <dir>", "where plugin.wasm, oci/ and plugin.json go", "dist")
    .addOption(new Option("--format <format>", "the image's format").choices(FORMATS).default("compat"))
    .addOption(new Option("--name <name>", "the image's repository, for any module").argParser(repositoryOption))
    .option("--version <version>", "the image's tag, for any module")
    .option("--title <text>", "its title (default: the name)")
    .option("--description <text>", "what it does, in a sentence")
    .option("--license <spdx>", "its licence, such as Apache-2.0")
    .option("--source <url>", "where its source is (default for a variant: package.json's repository)")
    .option("--revision <commit>", "the commit that it was built from, or HEAD (default: $SOURCE_REVISION, or none)")
    .option("--label <key=value>", "another label; give it once for each", keyValue)
    .addOption(
      new Option(
        "--repository <name>",
        "the repository of a variant's image, as shown and as plugin.json says (default: wasm-header-filter)",
      ).argParser(repositoryOption),
    )
    .action(async (module: string, options: PackCommandOptions) => {
      const { image, module: file } = await packed(module, options);
      const { bold, dim } = palette(process.stdout);
      const sizes = `${bytes(image.size)} (plugin.wasm ${bytes(file.size)}, gzip ${bytes(file.gzip)})`;
      console.log(`${bold(`${image.repository}:${image.tag}`)} ${sizes}\n${dim(`${image.digest} ${image.format}`)}`);
    });
}

/** @throws UsageError if options for any module and for variants are mixed */
function packed(
  module: string,
  { name, version, label, repository, output, format, source, revision: asked, ...texts }: PackCommandOptions,
) {
  const sourceDateEpoch = process.env.SOURCE_DATE_EPOCH;
  const [from, where] = asked ? [asked, "--revision"] : [process.env.SOURCE_REVISION, "SOURCE_REVISION"];
  const revision = from ? revisionOf(from, ".", where) : undefined;
  const files = { module, output, format, sourceDateEpoch, revision };
  if (name && version !== undefined) {
    if (repository) throw new UsageError("--repository: expected --name alone, which is the image's repository");
    const { title = name.repository.split("/").at(-1) ?? "", description, license } = texts;
    const labels = {
      [`${IMAGE}.title`]: title,
      [`${IMAGE}.version`]: version,
      ...(description && { [`${IMAGE}.description`]: description }),
      ...(license && { [`${IMAGE}.licenses`]: license }),
      ...(source && { [`${IMAGE}.source`]: source }),
      ...label,
    };
    return packModule({ ...files, repository: name, version, labels });
  }
  const [alone] = Object.entries({ name, version, label, ...texts }).find(([, value]) => value !== undefined) ?? [];
  if (alone !== undefined) throw new UsageError(`--${alone}: only for any module, expected both --name and --version`);
  return pack({ ...files, dir: ".", source, repository: repository ?? VARIANTS });
}
