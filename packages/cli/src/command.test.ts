import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

const index = JSON.stringify(new URL("./index.ts", import.meta.url).href);

/** Runs a command in a process, as a user would. */
function start(action: string, ...args: string[]) {
  const source = `const { command, run, Failure, hostPort } = await import(${index});
    await run(command("try", "A command to try.").option("--listen <host:port>", "where", hostPort).action(() => { ${action} }), ["node", "try", ...process.argv.slice(1)]);`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", source, "--", ...args], {
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

test.each([
  ["done", 'console.log("ok")', [], 0, "ok\n", ""],
  [
    "failed, causes on the same line",
    'throw new Failure("a.json: bad", { cause: new Error("line 1\\n  column 2") })',
    [],
    1,
    "",
    "try: a.json: bad: line 1 column 2\n",
  ],
  ["unknown option", "", ["--nope"], 2, "", "try: unknown option '--nope' (see try --help)\n"],
  [
    "bad option value",
    "",
    ["--listen", "a:b:c"],
    2,
    "",
    "try: option '--listen <host:port>' argument 'a:b:c' is invalid. Expected HOST:PORT, such as 127.0.0.1:8000. (see try --help)\n",
  ],
  [
    "too many arguments",
    "",
    ["x"],
    2,
    "",
    "try: too many arguments. Expected 0 arguments but got 1: x. (see try --help)\n",
  ],
] as const)("%s", (_, action, args, status, stdout, stderr) => {
  expect(start(action, ...args)).toEqual({ status, stdout, stderr });
});

test("--help goes to stdout with status 0", () => {
  const { status, stdout, stderr } = start("", "--help");
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toContain("A command to try.");
});

test("a bug is printed with its stack", () => {
  const { status, stderr } = start("undefined.x");
  expect(status).toBe(1);
  expect(stderr).toContain("at ");
});
