import { type Archive, Forgetting, maskedTrace, Pace, Recorder, Redaction } from "@wasm-header-filter/flight-recorder";
import type { LogLine } from "proxy-wasm-host";
import type { HostOptions } from "./host-options.ts";

/** A host's options, and what masks its records, log and trace. */
export interface Masking {
  /** The options with a log and a trace that are masked if that is wanted. */
  readonly options: HostOptions;
  /** Records to the archive; without one it only learns secrets, if the log is masked. */
  readonly recorder: Recorder | undefined;
  /** Learns the secrets in the configurations of plugins; it is called before they are configured. */
  configure(plugins: readonly object[]): void;
}

/**
 * @param archive keeps the records; undefined if nothing is recorded
 * @throws TypeError for a rule of `redact` that is not one
 */
export function masking(options: HostOptions, archive: Archive | undefined): Masking {
  const { redact, log, trace } = options;
  const redaction = archive?.redaction ?? (redact && new Redaction(redact));
  const recorder = redaction && recorderFor(redaction, archive);
  const configure = (plugins: readonly object[]) => redaction?.configure(plugins);
  if (!redact || !redaction || !recorder) return { options, recorder, configure };
  const masked = (line: LogLine) => log?.({ ...line, message: recorder.clean(line.message) });
  return {
    options: { ...options, log: masked, ...(trace && { trace: maskedTrace(redaction, trace) }) },
    recorder,
    configure,
  };
}

/** A recorder that keeps nothing if there is no archive. */
const recorderFor = (redaction: Redaction, archive: Archive | undefined): Recorder =>
  archive ? new Recorder(archive, redaction, archive.pace) : new Recorder(new Forgetting(), redaction, new Pace(0));
