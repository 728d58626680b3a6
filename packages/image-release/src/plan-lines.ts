import type { Planned } from "./images.ts";

/** What is to be done with each image, as text: its tag, its digest, and the tags that move to it. */
export function planLines(images: readonly Planned[]): string[] {
  return images.flatMap(({ release, inRegistry, moves }) => [
    `  ${release.tag}  ${release.image.descriptor.digest}  ${inRegistry ? "already pushed" : "to be tested and pushed"}`,
    ...moves.map(({ tag, from }) => `    ${tag}  ${from ? `moves from ${from}` : "new"}`),
  ]);
}
