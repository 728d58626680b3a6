import { compress } from "../../src/layer.ts";
import { ends, names, types } from "./entry-forms.ts";
import { extended } from "./extended-forms.ts";
import { gzipForms } from "./gzip-forms.ts";
import { changed, headers } from "./header-forms.ts";
import { sparse } from "./sparse-forms.ts";
import { plugin, readme, tar } from "./tar-writer.ts";

/** Layers by what is special about them; some were found in public registries, others broken on purpose. */
export function layerForms(): readonly (readonly [name: string, layer: Uint8Array])[] {
  const archives = [...names(), ...types(), ...ends(), ...headers(), ...extended(), ...sparse(), ...changed(60)];
  return [
    ...archives.map(([name, bytes]) => [`tar: ${name}`, compress(bytes)] as const),
    ...gzipForms().map(([name, bytes]) => [`gzip: ${name}`, bytes] as const),
  ];
}

/** A layer as it should be. */
export const GOOD = compress(tar(plugin()));
/** One without a module. */
export const EMPTY = compress(tar(readme));
