import { expect, test } from "vitest";
import { newestRelease } from "./release.ts";

test("the newest by number, of this variant, released", () => {
  const tags = [
    "1.9.0-as",
    "1.10.0-as",
    "2.0.0-rc.1-as",
    "1.10-as",
    "1-as",
    "as",
    "3.0.0-javy",
    "3.0.0-jco-as",
    "01.2.3-as",
  ];
  expect(newestRelease(tags, "as")).toBe("1.10.0");
  expect(newestRelease(tags, "javy")).toBe("3.0.0");
  expect(newestRelease([...tags, "18446744073709551616.0.0-as"], "as")).toBe("18446744073709551616.0.0");
  expect(newestRelease(["1-as", "1.0.0-rc.1-as"], "as")).toBeUndefined();
});
