// Images and modules are examined.
export {
  type Conditions,
  type Examined,
  examineImage,
  examineModule,
  type ImageFacts,
  type ModuleFacts,
  type Outcome,
} from "./examination.ts";
export { IMAGE_RULES } from "./rules/image-rules.ts";
export { LAYER_RULES } from "./rules/layer-rules.ts";
// What is examined.
export { type Download, download } from "./subjects/download.ts";
export { type ImageSubject, type Pin, readImageSubject } from "./subjects/image.ts";
export { FETCH_LIMIT, type ImageSource } from "./subjects/source.ts";
// Modules are tried.
export type { TrialHost } from "./trial/host.ts";
export type { Trial, TrialStop, Tried } from "./trial/progress.ts";
export type { CallCount, Inspected, RequestCost, TrialRequest, Use, UseKind } from "./trial/report.ts";
export { inspectAndTry, type TrialOptions, tryModule } from "./trial/trial.ts";
export type { TrialLimits } from "./trial/watch-time.ts";
