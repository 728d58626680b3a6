/** What guests and members may see, by the name of their level; the text is not ASCII, so that bytes and characters differ. */
const levels: ReadonlyMap<string, string> = new Map([
  ["guest", "Gäste sehen wenig"],
  ["member", "Mitglieder dürfen 🗝"],
]);

/**
 * Describes a level.
 *
 * @throws RangeError for a name that is no level's
 */
export function describe(name: string): string {
  const text = levels.get(name);
  if (text === undefined) {
    throw new RangeError(`${name} is no level`);
  }
  return text;
}
