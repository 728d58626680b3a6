/**
 * What a token must allow: the scopes of a registry's challenge and those that the caller needs, the actions of one resource joined
 * (distribution docs/spec/auth/scope.md).
 *
 * @param scopes texts like `repository:samalba/my-app:pull,push repository:other:pull`
 * @returns each resource once, such as `repository:samalba/my-app:pull,push`
 */
export function joinScopes(...scopes: readonly string[]): string[] {
  const resources = new Map<string, Set<string>>();
  for (const scope of scopes.flatMap((text) => text.split(" ")).filter(Boolean)) {
    // Some registries have scopes of other forms; a resource without actions is kept as it is.
    const [, resource = scope, actions = ""] = /^(.+:.+):([^:]*)$/.exec(scope) ?? [];
    const all = resources.get(resource) ?? new Set();
    for (const action of actions.split(",").filter(Boolean)) all.add(action);
    resources.set(resource, all);
  }
  return [...resources].map(([resource, actions]) =>
    [resource, [...actions].sort().join(",")].filter(Boolean).join(":"),
  );
}
