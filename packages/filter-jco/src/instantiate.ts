import { Failure } from "@wasm-header-filter/cli";
import type { CanonOptions, Definition, Named, Sort } from "./component.ts";
import { CoreModule } from "./core-module.ts";

/** An instance of a core module, with the instance for each module name that it imports from. */
export interface ModuleInstance {
  readonly module: CoreModule;
  readonly args: Map<string, CoreInstance>;
}

export type CoreInstance = ModuleInstance | Map<string, CoreItem>;

/** A function the component imports, by the WIT interface's full name ("wasi:io/poll@0.2.12") and its own. */
interface HostFunction {
  readonly host: string;
  readonly name: string;
}

/** A function the component exports: the core function, and the one that frees what it returned. */
interface LiftedFunction {
  readonly core: CoreItem;
  readonly postReturn?: CoreItem;
}

/** The origin of a core function, table, memory or global. */
export type CoreItem = ModuleItem | LoweredFunction | { builtin: string };
export type ModuleItem = { instance: ModuleInstance; name: string };
/** An imported function, with the memory of its texts and lists, and the allocator for its results. */
type LoweredFunction = { lowered: HostFunction; memory?: CoreItem; realloc?: CoreItem };

type Scope = Map<Sort, unknown[]>;
interface Closure {
  readonly definitions: readonly Definition[];
  readonly scopes: readonly Scope[];
}
type ImportedInstance = { imported: string };
type Item =
  | CoreModule
  | CoreItem
  | CoreInstance
  | HostFunction
  | LiftedFunction
  | ImportedInstance
  | Closure
  | Map<string, unknown>;

export interface Linked {
  /** In the order of instantiation. */
  readonly instances: ModuleInstance[];
  /** The component's imported functions, as its core modules import them. */
  readonly lowered: LoweredFunction[];
  /** The component's exported functions by name. */
  readonly exports: Map<string, LiftedFunction>;
}

/**
 * Follows a component's instantiation without running it: finds its core instances and the origins of their imports. Calls between nested
 * components count as imports: a filter is one component, and the components around it serve only its build.
 *
 * @param definitions the component from {@link readComponent}
 * @throws Failure for invalid references
 */
export function instantiate(definitions: readonly Definition[]): Linked {
  const linked: Linked = { instances: [], lowered: [], exports: new Map() };
  for (const [name, item] of new Instantiation(linked, undefined).run({ definitions, scopes: [] }))
    if (isLifted(item)) linked.exports.set(name, item);
  return linked;
}

function isLifted(item: unknown): item is LiftedFunction {
  return typeof item === "object" && item !== null && "core" in item;
}

export function isModule(item: CoreItem): item is ModuleItem {
  return "instance" in item;
}

class Instantiation {
  readonly #linked: Linked;
  /** What imports resolve to; undefined in the outermost component, where they stay imports. */
  readonly #args: ReadonlyMap<string, unknown> | undefined;
  readonly #scope: Scope = new Map();
  readonly #exports = new Map<string, unknown>();
  #scopes: readonly Scope[] = [];

  constructor(linked: Linked, args: ReadonlyMap<string, unknown> | undefined) {
    this.#linked = linked;
    this.#args = args;
  }

  run(component: Closure): Map<string, unknown> {
    this.#scopes = [this.#scope, ...component.scopes];
    for (const definition of component.definitions) this.#push(...this.#define(definition));
    return this.#exports;
  }

  /** The index space of a definition, and the item that it adds. */
  #define(definition: Definition): [Sort, unknown] {
    switch (definition.kind) {
      case "core module":
        return ["core module", new CoreModule(definition.bytes)];
      case "core instantiate":
        return ["core instance", this.#instantiateCore(definition.module, definition.args)];
      case "core bundle":
        return ["core instance", this.#bundle(definition.exports)];
      case "component":
        return ["component", { definitions: definition.definitions, scopes: this.#scopes }];
      case "instantiate": {
        const component = this.#get<Closure>("component", definition.component);
        const args = this.#bundle(definition.args);
        return ["instance", new Instantiation(this.#linked, args).run(component)];
      }
      case "bundle":
        return ["instance", this.#bundle(definition.exports)];
      case "core alias":
        return [definition.sort, this.#coreExport(definition.instance, definition.name)];
      case "alias":
        return [definition.sort, this.#export(definition.instance, definition.name, definition.sort)];
      case "outer alias":
        return [definition.sort, this.#scopes[definition.count]?.get(definition.sort)?.[definition.index]];
      case "lift":
        return ["func", this.#lift(definition.func, definition.options)];
      case "lower":
        return ["core func", this.#lower(definition.func, definition.options)];
      case "builtin":
        return ["core func", { builtin: definition.name }];
      case "import":
        return [definition.sort, this.#import(definition.name, definition.sort)];
      case "export": {
        const item = this.#scope.get(definition.sort)?.[definition.index];
        this.#exports.set(definition.name, item);
        return [definition.sort, item];
      }
    }
  }

  #push(sort: Sort, item: unknown): void {
    const space = this.#scope.get(sort);
    if (space) space.push(item);
    else this.#scope.set(sort, [item]);
  }

  #get<T extends Item>(sort: Sort, index: number): T {
    const item = this.#scope.get(sort)?.[index];
    if (item === undefined) throw new Failure(`cannot lower the component: its ${sort} ${index} leads nowhere`);
    return item as T;
  }

  #bundle<T = never>(exports: readonly Named[]): Map<string, T> {
    // Types have no item, because linking does not need them.
    return new Map(exports.map(({ name, sort, index }) => [name, this.#scope.get(sort)?.[index] as T]));
  }

  #instantiateCore(index: number, args: readonly Named[]): ModuleInstance {
    const instance: ModuleInstance = { module: this.#get<CoreModule>("core module", index), args: this.#bundle(args) };
    this.#linked.instances.push(instance);
    return instance;
  }

  #coreExport(index: number, name: string): CoreItem {
    const instance = this.#get<CoreInstance>("core instance", index);
    return coreItem(instance, name);
  }

  #export(index: number, name: string, sort: Sort): unknown {
    const instance = this.#get<ImportedInstance | Map<string, unknown>>("instance", index);
    if (instance instanceof Map) return instance.get(name);
    return sort === "func" ? { host: instance.imported, name } : {};
  }

  #lift(func: number, { postReturn }: CanonOptions): LiftedFunction {
    return {
      core: this.#get("core func", func),
      ...(postReturn !== undefined && { postReturn: this.#get<CoreItem>("core func", postReturn) }),
    };
  }

  #lower(func: number, { memory, realloc }: CanonOptions): LoweredFunction {
    const lowered: LoweredFunction = {
      lowered: this.#get<HostFunction>("func", func),
      ...(memory !== undefined && { memory: this.#get<CoreItem>("core memory", memory) }),
      ...(realloc !== undefined && { realloc: this.#get<CoreItem>("core func", realloc) }),
    };
    this.#linked.lowered.push(lowered);
    return lowered;
  }

  #import(name: string, sort: Sort): unknown {
    const given = this.#args?.get(name);
    if (given && !(given instanceof Map)) return given;
    if (sort === "instance") return { imported: name };
    return sort === "func" ? { host: "", name } : {};
  }
}

/** The export of a core instance, resolved through instances that only bundle other instances' items. */
export function coreItem(instance: CoreInstance, name: string): CoreItem {
  if (!(instance instanceof Map)) return { instance, name };
  const item = instance.get(name);
  if (!item) throw new Failure(`cannot lower the component: a core instance lacks "${name}", which another one needs`);
  return item;
}
