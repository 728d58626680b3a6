export { type Asked, verdicts } from "./verdicts.ts";
