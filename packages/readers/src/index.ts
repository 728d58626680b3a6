export { FUZZ_SECONDS, type Fuzzed, fuzzReader, goMissing } from "./fuzz.ts";
export { type Asked, verdicts } from "./verdicts.ts";
