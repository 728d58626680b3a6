import { HeaderMapType } from "../abi/enums.ts";
import type { FilterState } from "../streams/filter-state.ts";
import type { StreamInfo } from "../streams/stream-info.ts";
import type { Attribute } from "../vm/attribute.ts";
import { Context, type Property } from "../vm/context.ts";
import type { Vm } from "../vm/vm.ts";
import { pluginValue, readProperty, streamValue } from "./properties.ts";
import type { RootContext } from "./root-context.ts";

/** A plugin's context of one HTTP stream or one TCP connection. */
export class ChildContext extends Context {
  readonly vm: Vm;
  readonly #root: RootContext;
  protected readonly info: StreamInfo;

  constructor(root: RootContext, info: StreamInfo) {
    super(root.vm.nextContextId(), root.name);
    this.vm = root.vm;
    this.vm.contexts.set(this.id, this);
    this.#root = root;
    this.info = info;
    root.streamBegins();
  }

  override get root(): RootContext {
    return this.#root;
  }

  override get stream(): StreamInfo {
    return this.info;
  }

  override get state(): FilterState {
    return this.info.state;
  }

  override attribute(name: string): Attribute {
    const visible = (type: number) => this.map(type, "read");
    const maps = {
      request: visible(HeaderMapType.request_headers),
      response: visible(HeaderMapType.response_headers),
      trailers: visible(HeaderMapType.response_trailers),
    };
    return streamValue(this.info, maps, name) ?? pluginValue(this.root, name);
  }

  override property(path: string): Property {
    return readProperty((name) => this.attribute(name), path);
  }
}
