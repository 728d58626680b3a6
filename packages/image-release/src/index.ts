export { cleanCommit, ensureTags, head, pushTags, refuseChanges, refuseOtherTags, repositoryUrl } from "./git.ts";
export { type ImageOptions, type Planned, planImages, releaseImages } from "./images.ts";
export { planLines } from "./plan-lines.ts";
export type { ReleaseImage } from "./release-image.ts";
export { channelOf } from "./version.ts";
