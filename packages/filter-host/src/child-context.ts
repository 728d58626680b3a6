import { HeaderMapType } from "./abi/enums.ts";
import { Context } from "./context.ts";
import type { FilterState } from "./filter-state.ts";
import { type Property, pluginValue, readProperty, streamValue } from "./properties.ts";
import type { CallLog } from "./recorder/call-log.ts";
import type { RootContext } from "./root-context.ts";
import type { StreamInfo } from "./stream-info.ts";

/** A plugin's context for one HTTP stream or one TCP connection. */
export class ChildContext extends Context {
  readonly #root: RootContext;
  protected readonly info: StreamInfo;

  constructor(root: RootContext, info: StreamInfo) {
    super(root.vm, root.vm.nextContextId());
    this.#root = root;
    this.info = info;
    root.streamBegins();
  }

  override get root(): RootContext {
    return this.#root;
  }

  override get label(): string {
    return this.root.name;
  }

  override get record(): CallLog | undefined {
    return this.info.record?.log;
  }

  override get state(): FilterState {
    return this.info.state;
  }

  override property(path: string): Property {
    const visible = (type: number) => this.map(type, "read");
    const maps = {
      request: visible(HeaderMapType.request_headers),
      response: visible(HeaderMapType.response_headers),
      trailers: visible(HeaderMapType.response_trailers),
    };
    return readProperty((name) => streamValue(this.info, maps, name) ?? pluginValue(this.root, name), path);
  }
}
