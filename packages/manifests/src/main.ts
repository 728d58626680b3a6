import { command, keyValue, palette, run, UsageError } from "@wasm-header-filter/cli";
import { addRegistryOptions, registryOptions } from "@wasm-header-filter/oci";
import { Option } from "commander";
import { checkConfiguration, isHeaderFilter, warnings } from "./checks.ts";
import { fieldOptions, fieldsOf } from "./fields.ts";
import { kindNamed, kindNames, kinds } from "./kinds/list.ts";
import { LAB } from "./lab.ts";
import { nameOption, namespaceOption, repositoryOption, versionOption } from "./options.ts";
import { writeFolder } from "./output.ts";
import { readRequestFile } from "./request.ts";
import { resolveRequest, type Wanted } from "./resolve.ts";
import type { WrittenManifest } from "./target.ts";
import { type NamedVariant, selectVariants } from "./variant.ts";
import { toNotedYaml } from "./yaml.ts";

const manifests = command(
  "manifests",
  "Write the manifests that add a filter to a workload: a variant of the header filter, or one of your own.",
)
  .addOption(new Option("--kind <kind>", "what to write").choices(kindNames).default(kinds[0].name))
  .option("--config-file <file>", "YAML or JSON with any of these options and a WasmPlugin's fields; options win")
  .option("-o, --output <dir>", "write the workload and an overlay for each variant there, not to stdout")
  .optionsGroup("The module:")
  .option("--variant <name>", "the variant, such as as (default with -o: every one)")
  .option("--repository <reg/name>", "where its image is pushed, such as localhost:5000/name", repositoryOption)
  .option("--version <version>", "the image's version, or latest-release (default: the variant's own)", versionOption)
  .addOption(
    new Option("--digest [source]", "pin the image's digest, as the registry or the variant's layout says")
      .choices(["registry", "layout"])
      .preset("registry"),
  )
  .option("--module-url <url>", "a module elsewhere, of any filter: an oci://, https://, http:// or file:// URL")
  .option("--module-path <file>", "the same for a file where the proxy runs")
  .optionsGroup("The plugin:")
  .option(
    "--set <name=value>",
    "a field of the configuration, for the header filter a header to add; may be given again",
    keyValue,
  )
  .option("--name <name>", "the resource's name", nameOption, LAB.plugin)
  .option("--namespace <namespace>", "where it goes", namespaceOption, LAB.namespace)
  .option("--guard", "requests must not pass without the filter: warn about options that let them");
for (const option of fieldOptions) manifests.addOption(option);
for (const kind of kinds) {
  if (!("options" in kind)) continue;
  manifests.optionsGroup(kind.options.heading);
  for (const option of kind.options.list) manifests.addOption(option);
}
manifests.optionsGroup("The registry:");
addRegistryOptions(manifests);

manifests.action(async ({ configFile }, self) => {
  const file = configFile === undefined ? {} : readRequestFile(configFile, self);
  const { kind: kindName, name, namespace, output, guard = false, ...options } = self.opts();
  const kind = kindNamed(kindName);
  const fields = fieldsOf(options, file);
  const wanted: Wanted = {
    ...options,
    target: kind.target,
    name,
    namespace,
    fields,
    connection: await registryOptions(options),
  };
  const written: WrittenManifest[] = [];
  for (const variant of wantedVariants(wanted, options.variant, output !== undefined)) {
    const isOurs = isHeaderFilter(variant, options.repository);
    const configured = isOurs ? { pluginConfig: LAB.headers, ...fields } : fields;
    const input = await resolveRequest({ ...wanted, fields: configured }, variant);
    if (isOurs) checkConfiguration(input.spec);
    const { yellow } = palette(process.stderr);
    for (const warning of warnings(input.spec, guard, isOurs))
      console.error(`${yellow("manifests: warning:")} ${warning}`);
    written.push({ name: variant?.variant ?? name, text: toNotedYaml([kind.write(input, options)]) });
  }
  if (output === undefined) process.stdout.write(written.map(({ text }) => text).join("---\n"));
  else await writeFolder(output, kind.target.folder(written, namespace));
});

/** The variants to write manifests for; undefined for a module without a variant. */
function wantedVariants(wanted: Wanted, name: string | undefined, all: boolean): readonly (NamedVariant | undefined)[] {
  if (name === undefined && (wanted.moduleUrl ?? wanted.modulePath) !== undefined) return [undefined];
  if (name === undefined && !all)
    throw new UsageError("--variant is needed, such as --variant as; with -o every variant is written");
  return selectVariants(name);
}

await run(manifests);
