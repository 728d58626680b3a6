import type { Recording } from "../src/archive/recording.ts";
import type { Source } from "./source.ts";

/**
 * A recording as a source.
 *
 * @throws Error if the text is no recording
 */
export function readRecording(text: string): Source {
  const recording = parse(text);
  return {
    state: recording,
    trouble: undefined,
    recorded: recording.time,
    recording,
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
    // What is no JSON is no recording either.
  }
  const lists = [value?.requests, value?.plugins, value?.samples, value?.background, value?.redacted];
  if (!value?.format?.startsWith("filter-host-recording/") || !lists.every(Array.isArray) || !value.ring) {
    throw new Error("This is no recording of filter-host: expected a file that its page or its record command wrote.");
  }
  return value as Recording;
}
