import { Action, defineFilter, MapType } from "@wasm-header-filter/filter-js/guest";
import { describe } from "./levels.ts";

/** Describes the level that the request header `level` names. An unknown one throws two functions deep, for the stack in the log. */
export default defineFilter((host) => {
  const level = host.internName("level");

  function greet(name: string): string {
    return `hello: ${describe(name)}`;
  }

  return {
    onConfigure: () => ({}),

    onRequestHeaders() {
      const { value: name } = host.getHeader(MapType.RequestHeaders, level);
      if (name !== undefined) host.addHeaders(MapType.RequestHeaders, host.internHeaders([["greeting", greet(name)]]));
      return Action.Continue;
    },
  };
});
