import { Action, defineFilter, MapType } from "@wasm-header-filter/filter-js/guest";
import { decodeProtectedHeader, importJWK, importSPKI, jwtVerify } from "jose";
import { v4, v5 } from "uuid";
import * as z from "zod";
import { KEYS, PEM } from "./keys.ts";
import validate from "./validate-order.generated.js";

const Order = z.object({ id: z.string(), count: z.number() });

/** What packages answer to the request header `value`, by name. */
const PACKAGES: Readonly<Record<string, (value: string) => string | Promise<string>>> = {
  uuid: () =>
    JSON.stringify([/^[0-9a-f-]{36}$/.test(v4()), new Set([v4(), v4()]).size, v5("hello.example.com", v5.DNS)]),
  zod(value) {
    const { data, error } = z.safeParse(Order, JSON.parse(value));
    return error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join() ?? JSON.stringify(data);
  },
  ajv: (value) =>
    validate(JSON.parse(value))
      ? "valid"
      : (validate.errors ?? []).map((one) => `${one.instancePath} ${one.message}`).join(),
  async jose(token) {
    const { alg = "" } = decodeProtectedHeader(token);
    const { payload } = await jwtVerify(token, await importJWK(KEYS[alg] ?? { kty: "" }, alg), { issuer: "test" });
    return payload.sub ?? "nobody";
  },
  async "jose-pem"(token) {
    const { payload } = await jwtVerify(token, await importSPKI(PEM, "RS256"), { algorithms: ["RS256"] });
    return payload.sub ?? "nobody";
  },
};

/** Adds to the request what a package answers, which the request header `package` names, or its error. */
export default defineFilter((host) => {
  const [name, value, answer] = ["package", "value", "answer"].map(host.internName) as [never, never, never];
  const header = (of: typeof name) => host.getHeader(MapType.RequestHeaders, of).value ?? "";

  async function ask(): Promise<string> {
    try {
      return (await PACKAGES[header(name)]?.(header(value))) ?? "no such package";
    } catch (error) {
      return (error as { code?: string }).code ?? String(error);
    }
  }

  return {
    onConfigure: () => ({}),
    onRequestHeaders() {
      if (header(name) !== "") ask().then((text) => host.addHeader(MapType.RequestHeaders, answer, text));
      return Action.Continue;
    },
  };
});
