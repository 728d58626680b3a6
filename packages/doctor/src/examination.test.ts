import { envoyVersion } from "proxy-wasm-host";
import { assembleCase, BAD_MODULES, GOOD_MODULES, type ModuleCase } from "proxy-wasm-host/testing";
import { expect, test } from "vitest";
import { examineModule } from "./examination.ts";
import { cured, MODULE_REMEDIES } from "./fixtures/module-remedies.ts";
import { RULES } from "./rules/rules.ts";

const look = async (one: ModuleCase, configuration = "{}") => {
  const envoy = envoyVersion(one.version ?? "1.40");
  if (!envoy) throw new Error(`${one.version}: unknown`);
  const conditions = { envoy, configuration: Buffer.from(configuration), configuredBy: configuration };
  const { findings } = await examineModule(assembleCase(one), conditions);
  // Most of these modules have no callbacks; what that means is tested where modules are tried.
  return findings.filter(({ rule }) => rule !== "trial-idle");
};

test.each(GOOD_MODULES.map((one) => [one.name, one] as const))("nothing is found in %s", async (_, one) => {
  expect(await look(one)).toEqual([]);
});

test.each(BAD_MODULES.map((one) => [one.rule ?? "", one.name, one] as const))(
  "%s finds %s, and nothing once its remedy is carried out",
  async (rule, name, one) => {
    const findings = await look(one);
    expect(findings.map((finding) => finding.rule)).toContain(rule);
    const found = findings.find((finding) => finding.rule === rule);
    expect(`${found?.what} ${found?.why} ${found?.fix}`).toContain(one.says ?? "");
    // For a module that Envoy loads, only the trial may report an error.
    const errors = findings.filter(({ severity }) => severity === "error").map((finding) => finding.rule);
    expect(errors, "errors").toEqual(
      one.envoy === "loads" ? errors.filter((name) => name === "trial-request") : [rule],
    );
    const remedy = MODULE_REMEDIES[name] ?? MODULE_REMEDIES[rule] ?? expect.unreachable("has no remedy");
    const fix = found?.fix ?? "";
    expect(fix).toContain(remedy.does);
    const before = findings.map((finding) => finding.rule).filter((id) => id !== rule);
    const after = await look(cured(one, fix, remedy), remedy.configuration);
    const fresh = after.filter((finding) => finding.severity !== "info" && !before.includes(finding.rule));
    expect([...after.filter((finding) => finding.rule === rule), ...fresh]).toEqual([]);
  },
);

test("each rule about modules has a case", () => {
  const groups = RULES.filter(({ group }) => !["image", "manifest", "trial"].includes(group));
  const unproved = groups.flatMap(({ rules }) => rules.map(({ id }) => id));
  expect(unproved.filter((id) => !BAD_MODULES.some(({ rule }) => rule === id))).toEqual([]);
});
