import { verdicts } from "@wasm-header-filter/readers";
import { expect, test } from "vitest";
import { imageForms } from "./image-forms.ts";
import { type ImageVerdict, readStored, taken } from "./read-stored.ts";

test("images are taken and refused as Istio's agent does, with the same module", async () => {
  const forms = imageForms();
  expect(new Set(forms.map(([name]) => name)).size).toBe(forms.length);
  const asked = forms.map(([name, form]) => ({ name, input: form }));
  const said = await verdicts<ImageVerdict>("image", asked, new URL("./images.record.json", import.meta.url));
  const different: string[] = [];
  const kinds = { taken: 0, refused: 0 };
  for (const [name, form] of forms) {
    const [own, real] = [await readStored(form), said.get(name) as ImageVerdict];
    kinds[taken(real) === "refused" ? "refused" : "taken"]++;
    if (taken(own) !== taken(real)) different.push(`${name}: ${JSON.stringify(own)}, Istio: ${JSON.stringify(real)}`);
  }
  expect(different).toEqual([]);
  expect(kinds.taken).toBeGreaterThan(300);
  expect(kinds.refused).toBeGreaterThan(500);
});
