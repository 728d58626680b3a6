import { EXPORT_RULES, IMPORT_RULES, MEMORY_RULES, MODULE_RULES, type Rule } from "proxy-wasm-host";
import { DOWNLOAD_RULES } from "./download-rules.ts";
import { FILE_RULES } from "./file-rules.ts";
import { IMAGE_RULES } from "./image-rules.ts";
import { LAYER_RULES } from "./layer-rules.ts";
import { MANIFEST_FILE_RULES } from "./manifest-file-rules.ts";
import { MANIFEST_RULES } from "./manifest-rules.ts";
import { REGISTRY_RULES } from "./registry-rules.ts";
import { TRIAL_RULES } from "./trial-rules.ts";
import { TYPE_RULES } from "./type-rules.ts";

/** A rule without its check. */
export type RuleEntry = Omit<Rule<never>, "find">;

/** All rules in groups, in the order in which they are checked. */
export const RULES: readonly { readonly group: string; readonly rules: readonly RuleEntry[] }[] = [
  {
    group: "manifest",
    rules: [...MANIFEST_FILE_RULES, ...MANIFEST_RULES, ...DOWNLOAD_RULES, ...FILE_RULES, ...TYPE_RULES],
  },
  { group: "image", rules: [...REGISTRY_RULES, ...IMAGE_RULES, ...LAYER_RULES] },
  { group: "module", rules: MODULE_RULES },
  { group: "imports", rules: IMPORT_RULES },
  { group: "exports", rules: EXPORT_RULES },
  { group: "memory and start", rules: MEMORY_RULES },
  { group: "trial", rules: TRIAL_RULES },
];
