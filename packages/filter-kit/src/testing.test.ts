import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { loadFilter } from "./testing.ts";

const example = (path: string) => fileURLToPath(new URL(`../../${path}.wasm`, import.meta.url));
const GUARD = example("proxy-wasm-as/dist/examples/guard");
const AUTHZ = example("filter-javy/dist/examples/ext-authz");

test("a request passes, or is answered by the filter", async () => {
  const guard = await loadFilter({ module: GUARD, config: "/admin x-key" });
  const passed = await guard.request({ headers: [["x-a", "b"]], body: "asked" }, { status: 201, body: "answered" });
  expect(passed.upstream?.header("X-A")).toBe("b");
  expect(passed.upstream?.text).toBe("asked");
  expect(passed.response).toMatchObject({ status: 201, text: "answered", trailers: [] });
  expect(passed.reset).toBe(false);

  const denied = await guard.request({ path: "/admin/users" });
  expect(denied.response).toMatchObject({ status: 403, text: "forbidden\n" });
  expect(denied.upstream).toBeUndefined();
  expect(denied.calls).toContain("proxy_send_local_response");
  expect(guard.counters().get("guard_denied")).toBe(1n);
});

test("call-outs are answered by functions", async () => {
  const asked: (string | undefined)[] = [];
  const authz = await loadFilter({
    module: AUTHZ,
    config: "auth",
    services: {
      auth: async (request) => {
        asked.push(request.header(":path"));
        if (request.header("authorization") === "down") throw new Error("no connection");
        return { status: request.header("authorization") === "me" ? 200 : 401, headers: [["x-user", "ann"]] };
      },
    },
  });
  const status = async (authorization: string) =>
    (await authz.request({ path: "/page", headers: [["authorization", authorization]] })).response?.status;
  expect(await status("me")).toBe(200);
  expect(await status("you")).toBe(401);
  expect(await status("down")).toBe(503);
  expect(asked).toHaveLength(3);
});

test("a refused configuration, and a module that isn't there, are errors of one line", async () => {
  await expect(loadFilter({ module: GUARD, config: "admin" })).rejects.toThrow(/guard\.wasm: .*configuration refused/);
  await expect(loadFilter({ module: "none.wasm", config: "" })).rejects.toThrow("module none.wasm: no such file");
});
