export { type Conditions, type Examined, examineImage, examineModule } from "./examination.ts";
export { IMAGE_RULES } from "./rules/image-rules.ts";
export { LAYER_RULES } from "./rules/layer-rules.ts";
export { download } from "./subjects/download.ts";
export { type Pin, readImageSubject } from "./subjects/image.ts";
export { type RequestCost, type Trial, type TrialOptions, tryModule } from "./subjects/trial.ts";
