/** Values by the name that they have in scenarios' names; or texts that are their own names. */
type Values = readonly string[] | Readonly<Record<string, string>>;

/**
 * Makes one scenario for each combination of the values in `each`: `<KEY>` becomes a value's name in the scenario's `name`, and the
 * value everywhere else, also in keys.
 *
 * @param given a scenario as it is written; without `each`, it is the only result
 */
export function expanded<Given extends object>({ each, ...given }: Given & { each?: Record<string, Values> }): Given[] {
  return Object.entries(each ?? {}).reduce(
    (all, [key, values]) => all.flatMap((one) => named(values).map((value) => replaced(one, `<${key}>`, value))),
    [given as unknown as Given],
  );
}

const named = (values: Values): [name: string, text: string][] =>
  Array.isArray(values) ? values.map((text: string) => [text, text]) : Object.entries(values);

function replaced<Given extends object>(given: Given, key: string, [name, text]: [name: string, text: string]): Given {
  const put = (value: unknown, by: string): unknown => {
    if (typeof value === "string") return value.replaceAll(key, () => by);
    if (Array.isArray(value)) return value.map((one) => put(one, by));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([at, one]) => [String(put(at, by)), put(one, at === "name" ? name : by)]),
    );
  };
  return put(given, text) as Given;
}
