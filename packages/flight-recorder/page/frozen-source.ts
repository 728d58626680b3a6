import type { Recording } from "../src/archive/recording.ts";
import type { Source } from "./source.ts";

/**
 * Reads a recording.
 *
 * @throws Error if the text is not a recording
 */
export function readRecording(text: string): Source {
  const recording = parse(text);
  return {
    state: recording,
    trouble: undefined,
    recorded: recording.time,
    subscribe: () => () => {},
    async request(id) {
      const found = recording.requests.find((one) => one.id === id);
      if (!found) throw new Error(`The recording has no request ${id}.`);
      return found;
    },
    background: async () => recording.background,
  };
}

function parse(text: string): Recording {
  let value: Partial<Recording> | null = null;
  try {
    value = JSON.parse(text) as Partial<Recording> | null;
  } catch {
    // Reported below, as other files that are not recordings.
  }
  const lists = [value?.requests, value?.plugins, value?.samples, value?.background, value?.redacted];
  if (!value?.format?.startsWith("filter-host-recording/") || !lists.every(Array.isArray) || !value.ring) {
    throw new Error(
      "This is not a recording of filter-host. Expected a file that was exported from its page or written by filter-host record.",
    );
  }
  return value as Recording;
}
