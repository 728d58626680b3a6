import { Action, defineFilter, MapType } from "@wasm-header-filter/filter-js/guest";
import { ANSWERS } from "./answers.ts";

/** Tells the upstream what an API of the web answers, which the request header `api` names, as JSON in ASCII. */
export default defineFilter((host) => {
  const api = host.internName("api");
  const answer = host.internName("answer");

  async function tell(ask: () => unknown): Promise<void> {
    const text = JSON.stringify(await ask()).replace(
      /[^ -~]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
    host.addHeader(MapType.RequestHeaders, answer, text);
  }

  return {
    onConfigure: () => ({}),
    onRequestHeaders() {
      const { value: name } = host.getHeader(MapType.RequestHeaders, api);
      const ask = name === undefined ? undefined : ANSWERS[name];
      if (!ask) return Action.Continue;
      console.warn("asked for", name);
      tell(ask).catch((error) => console.error(String(error)));
      return Action.Continue;
    },
  };
});
