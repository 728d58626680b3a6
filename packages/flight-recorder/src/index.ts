// What is kept.
export { Archive, type ArchiveOptions } from "./archive/archive.ts";
export type { Batch, PluginStatus } from "./archive/batch.ts";
// What is shown and exported.
export {
  type Overview,
  RECORDING_FORMAT,
  type Recording,
  type ReplayRequest,
  type RequestSummary,
  type RequestView,
} from "./archive/recording.ts";
export { Series, Tally, type TallyData } from "./archive/series.ts";
// What is recorded.
export { type BackgroundData, BackgroundRecord, type KeptBackground } from "./record/background-record.ts";
export { Forgetting, type Keeper } from "./record/keeper.ts";
export { maskedTrace } from "./record/masked-trace.ts";
export { Pace } from "./record/pace.ts";
export { Recorder } from "./record/recorder.ts";
export { Redaction } from "./record/redaction.ts";
export { type KeptRequest, type RequestData, RequestRecord } from "./record/request-record.ts";
// The page and its API.
export type { Pausing } from "./serve/pausing.ts";
export { overviewOf, type RecordedRuntime, recordingOf } from "./serve/recording-of.ts";
export { type PageHandler, type PageResponse, PageRoutes } from "./serve/routes.ts";
