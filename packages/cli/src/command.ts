import { Command, CommanderError } from "commander";
import { isBug, oneLine, UsageError } from "./errors.ts";
import { palette } from "./palette.ts";

/**
 * A command that throws its errors, so that only {@link run} prints them and sets the exit status.
 *
 * @param name the command as the user types it
 * @param description one sentence for `--help`
 * @returns commander's command; add options, sub-commands and an action
 */
export function command(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .exitOverride()
    .showSuggestionAfterError(true)
    .helpCommand(false)
    .configureOutput({ outputError: () => {} });
}

/**
 * Runs a command on the process's arguments and sets the exit status: 0 done, 1 failed, 2 wrong usage. A failure is one line on stderr.
 *
 * @param program the command from {@link command}
 * @param argv the process's arguments, the first two being Node and the script
 */
export async function run(program: Command, argv: readonly string[] = process.argv): Promise<void> {
  // A reader may close the pipe early, as `head` does.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return;
    // A command that needs a sub-command, given none, has printed its help.
    if (error instanceof CommanderError && error.code === "commander.help") {
      process.exitCode = 2;
      return;
    }
    const usage = error instanceof UsageError || error instanceof CommanderError;
    const { red } = palette(process.stderr);
    const text = oneLine(error).replace(/^error: /, "");
    const hint = usage ? ` (see ${program.name()} --help)` : "";
    console.error(`${red(`${program.name()}:`)} ${text}${hint}`);
    if (!usage && (isBug(error) || process.env.DEBUG)) console.error(error);
    process.exitCode = usage ? 2 : 1;
  }
}
