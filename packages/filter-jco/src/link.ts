import { Failure } from "@wasm-header-filter/cli";
import { type CoreImport, CoreModule, type FunctionType } from "./core-module.ts";
import { withSlot } from "./direct-calls.ts";
import { type CoreItem, coreItem, isModule, type Linked, type ModuleInstance, type ModuleItem } from "./instantiate.ts";
import { ADDED } from "./runtime.ts";
import { adapterName, isRefused, withoutVersion } from "./wasi.ts";

/** A module with the name that other modules import it by. */
export interface Part {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The WIT interface that the adapter provides. */
const HOST = "proxy-wasm:filter/host";

type Target = { module: string; name: string };

/**
 * Names every import of a component's core modules, and of the adapter, after the module and export that it is instantiated with, so that
 * they can be merged by name.
 *
 * @param component from {@link instantiate}
 * @param adapter the adapter to Proxy-Wasm
 * @returns the modules to merge, and the text of one more with the remaining functions, which trap or do nothing; with QuickJS, also the
 *   index of the adapter's function for calls of imports in its table
 * @throws Failure naming the import that neither the component nor the adapter provides
 */
export function link(component: Linked, adapter: CoreModule): { parts: Part[]; stubs: string; importCalls?: number } {
  const instances = reachable(component);
  const engine = instances.find(({ module }) =>
    ADDED.every((added) => module.exports.some(({ name }) => name === added)),
  );
  const names = new Map(instances.map((instance, index) => [instance, `component-${index}`]));
  const adapted = new Set(adapter.exports.map(({ name }) => name));
  const stubs = new Map<string, string>();

  function stub(name: string, type: FunctionType | undefined, body: string): Target {
    if (!type) throw new Failure(`cannot lower the component: the type of its import ${name} is unknown`);
    const signature = `${type.params.map((t) => `(param ${t})`).join(" ")} ${type.results.map((t) => `(result ${t})`).join(" ")}`;
    const unique = `${name} ${signature}`;
    stubs.set(unique, `(func (export ${JSON.stringify(unique)}) ${signature} ${body})`);
    return { module: "stubs", name: unique };
  }

  function target(item: CoreItem, { type }: CoreImport): Target {
    if ("instance" in item) return { module: names.get(item.instance) as string, name: item.name };
    if ("builtin" in item) {
      // The adapter's resources are plain numbers, so there is nothing to drop.
      if (item.builtin === "resource.drop") return stub(item.builtin, type, "");
      throw new Failure(`cannot lower the component: it exports a resource (${item.builtin})`);
    }
    const { host, name } = item.lowered;
    const provided = adapterName(host, name);
    if (adapted.has(provided)) return { module: "adapter", name: provided };
    const full = `${withoutVersion(host)}#${name}`;
    if (isRefused(full)) return stub(full, type, "unreachable");
    throw new Failure(
      `cannot lower the component: it imports ${full}, which the adapter doesn't have; add ${provided} to assembly/, or the name to the refused ones in src/wasi.ts`,
    );
  }

  function guest(item: CoreImport): Target {
    if (item.kind === "memory") return target(theOne(component, "memory"), item);
    if (item.module !== "guest") return item;
    if (item.name === "realloc") return target(theOne(component, "realloc"), item);
    if (ADDED.includes(item.name)) {
      if (engine) return target({ instance: engine, name: item.name }, item);
      // StarlingMonkey runs its jobs by itself, and calls imports without the adapter.
      return stub(`no ${item.name}`, item.type, item.type?.results.length ? "unreachable" : "");
    }
    const [, post, name = ""] = /^(post-)?(.*)$/.exec(item.name) ?? [];
    const exported = component.exports.get(name);
    if (!exported)
      throw new Failure(`cannot lower the component: it doesn't export ${name}, as the world in wit/ says it does`);
    if (!post) return target(exported.core, item);
    return exported.postReturn ? target(exported.postReturn, item) : stub("nothing to free", item.type, "");
  }

  const parts = instances.map((instance) => ({
    name: names.get(instance) as string,
    bytes: instance.module.withImports((item) => {
      const from = instance.args.get(item.module);
      if (!from) throw new Failure(`cannot lower the component: a module of it gets no "${item.module}"`);
      return target(coreItem(from, item.name), item);
    }),
  }));
  parts.push({ name: "adapter", bytes: adapter.withImports(guest) });
  const text = (more: string) => `(module\n${more}${[...stubs.values()].join("\n")}\n)`;
  const table = engine && tableOf(engine);
  if (!table) return { parts, stubs: text("") };
  const owner = names.get(table.instance);
  const { bytes, slot } = withSlot(new CoreModule((parts.find(({ name }) => name === owner) as Part).bytes));
  const put = `(import ${JSON.stringify(owner)} ${JSON.stringify(table.name)} (table 0 funcref))
    (import "adapter" "call_import" (func $call (param i32 i64 i64 i32 i32 i32) (result i64)))
    (elem (i32.const ${slot}) func $call)\n`;
  const withTable = parts.map((part) => (part.name === owner ? { ...part, bytes } : part));
  return { parts: withTable, stubs: text(put), importCalls: slot };
}

/** The table of an engine's indirect calls. */
function tableOf({ module, args }: ModuleInstance): ModuleItem | undefined {
  const imported = module.imports.find(({ kind }) => kind === "table");
  const from = imported && args.get(imported.module);
  const item = from && coreItem(from, imported.name);
  return item && isModule(item) ? item : undefined;
}

/** The instances that exported functions need, and those that fill their tables. Instances that only the build needs are left out. */
function reachable({ instances, exports }: Linked): ModuleInstance[] {
  const neighbours = new Map(instances.map((instance) => [instance, new Set<ModuleInstance>()]));
  for (const instance of instances) {
    for (const { module, name } of instance.module.imports) {
      const from = instance.args.get(module);
      const item = from && coreItem(from, name);
      if (!item || !isModule(item)) continue;
      neighbours.get(instance)?.add(item.instance);
      neighbours.get(item.instance)?.add(instance);
    }
  }
  const found = new Set<ModuleInstance>();
  const visit = (instance: ModuleInstance): void => {
    if (found.has(instance)) return;
    found.add(instance);
    for (const next of neighbours.get(instance) ?? []) visit(next);
  };
  for (const { core } of exports.values()) if (isModule(core)) visit(core.instance);
  return instances.filter((instance) => found.has(instance));
}

/** The memory or allocator that all functions of the filter's own WIT interface use. */
function theOne({ lowered }: Linked, what: "memory" | "realloc"): CoreItem {
  const own = lowered.filter((func) => withoutVersion(func.lowered.host) === HOST);
  const items = own.flatMap((func) => func[what] ?? []).filter(isModule);
  const [item] = items;
  if (!item || items.some(({ instance, name }) => instance !== item.instance || name !== item.name))
    throw new Failure(`cannot lower the component: expected one ${what} for all functions of ${HOST}`);
  return item;
}
