import { expect, test } from "vitest";
import { HOST_FUNCTIONS } from "../abi/host-functions.ts";
import type { Signature } from "../abi/signature.ts";
import { ABI_VERSIONS } from "../abi/version.ts";
import type { Vm } from "../vm/vm.ts";
import { envFunctions } from "./env/index.ts";
import { findHostFunction } from "./link.ts";
import { wasiFunctions } from "./wasi/index.ts";

const implemented = [...envFunctions, ...wasiFunctions];
const names = (functions: readonly Signature[]) => functions.map(({ name }) => name).sort();

test("each host function is implemented once, and nothing else is", () => {
  expect(names(implemented)).toEqual(names(HOST_FUNCTIONS));
  expect(new Set(names(HOST_FUNCTIONS)).size).toBe(HOST_FUNCTIONS.length);
});

test.each(ABI_VERSIONS)("under ABI %s modules find the functions of that version, with their types", (abi) => {
  for (const { modules, name, type, abis } of HOST_FUNCTIONS) {
    const expected = abis.includes(abi) ? type : undefined;
    for (const module of modules)
      expect(findHostFunction(module, name, abi)?.type, `${module}.${name}`).toEqual(expected);
    expect(findHostFunction("elsewhere", name, abi)).toBeUndefined();
  }
});

test.each(implemented.map((fn) => [fn.name, fn] as const))("%s takes no more values than it is given", (_, fn) => {
  expect(fn.bind({} as Vm).length).toBeLessThanOrEqual(fn.type.parameters.length);
});
