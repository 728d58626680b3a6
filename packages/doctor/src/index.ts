// Images and modules are examined.
export {
  type Conditions,
  type Examined,
  examineImage,
  examineModule,
  type ImageFacts,
  type ModuleFacts,
} from "./examination.ts";
export { IMAGE_RULES } from "./rules/image-rules.ts";
export { LAYER_RULES } from "./rules/layer-rules.ts";
// What is examined.
export { type Download, download } from "./subjects/download.ts";
export { type ImageSubject, type Pin, readImageSubject } from "./subjects/image.ts";
export type { ImageSource } from "./subjects/source.ts";
export { type RequestCost, type Trial, type TrialOptions, tryModule } from "./subjects/trial.ts";
