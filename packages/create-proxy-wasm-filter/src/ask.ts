import { cancel, isCancel, select, text } from "@clack/prompts";
import { checkName, type Engine, LANGUAGES, type Language } from "./create.ts";
import type { Example } from "./example.ts";

export async function askName(): Promise<string> {
  const initialValue = "my-filter";
  return given(await text({ message: "What is it called?", initialValue, validate: (name) => faultOf(name ?? "") }));
}

export async function askLanguage(): Promise<Language> {
  const options = [
    { value: "typescript" as const, label: "TypeScript", hint: "npm packages, 1.2 MB" },
    { value: "assemblyscript" as const, label: "AssemblyScript", hint: "the least cost, a few kB" },
  ];
  return given(await select({ message: "In which language?", options }));
}

export async function askEngine(language: Language): Promise<Engine> {
  const [first, ...others] = LANGUAGES[language];
  if (others.length === 0) return first;
  const options = [first, ...others].map((value) => ({ value, label: value }));
  return given(await select({ message: "On which engine?", options }));
}

export async function askExample(examples: Readonly<Record<string, Example>>): Promise<string | undefined> {
  const options = [
    { value: "", label: "A filter that greets", hint: "20 lines" },
    ...Object.entries(examples).map(([value, { about }]) => ({ value, label: value, hint: about })),
  ];
  return given(await select({ message: "What to start from?", options })) || undefined;
}

/** What was chosen; a cancelled question ends the command. */
function given<T>(answer: T): Exclude<T, symbol> {
  if (!isCancel(answer)) return answer as Exclude<T, symbol>;
  cancel("Nothing was written.");
  process.exit(1);
}

function faultOf(name: string): string | undefined {
  try {
    checkName(name.split("/").at(-1) ?? "");
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
