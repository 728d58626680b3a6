export { engineMap } from "./engine-map.ts";
export { mapBeside } from "./map-beside.ts";
export { tracer } from "./tracer.ts";
