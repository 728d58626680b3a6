import { descriptors } from "./descriptor-forms.ts";
import { formats } from "./format-forms.ts";
import { indexes } from "./index-forms.ts";
import { layerForms } from "./layer-forms.ts";
import { texts } from "./manifest-forms.ts";
import { type Form, plain, RAW, TAR } from "./registry-writer.ts";
import { OTHER } from "./tar-writer.ts";

function layers(): Form[] {
  return layerForms().flatMap(([name, bytes]) => [
    plain(`compat, ${name}`, [[TAR, bytes]]),
    plain(`beside a raw layer, ${name}`, [
      [RAW, OTHER],
      [TAR, bytes],
    ]),
  ]);
}

/** Images that a registry may hold, by what is special about them. */
export function imageForms(): readonly Form[] {
  return [...layers(), ...formats(), ...descriptors(), ...indexes(), ...texts()];
}
