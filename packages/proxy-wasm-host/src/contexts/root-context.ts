import { BufferType } from "../abi/enums.ts";
import type { ByteBuffer } from "../http/byte-buffer.ts";
import { Constant } from "../http/constant.ts";
import type { HeaderMap } from "../http/headers.ts";
import { brokenText, containing } from "../platform/containment.ts";
import type { Attribute } from "../vm/attribute.ts";
import { Context, type Property } from "../vm/context.ts";
import type { Root } from "../vm/root.ts";
import type { Vm } from "../vm/vm.ts";
import { GrpcCalls } from "./grpc-calls.ts";
import { HttpCalls } from "./http-calls.ts";
import { pluginValue, readProperty } from "./properties.ts";

/** What a root context is created with. */
export interface RootOptions {
  readonly name: string;
  readonly rootId: string;
  readonly configuration: Uint8Array;
}

/** The longest delay of a timer, in milliseconds. */
const MAX_DELAY = 2 ** 31 - 1;

/**
 * A plugin's root context in a VM, the parent of its streams' contexts. It ends after it is retired and its last stream has ended
 * (proxy-wasm-cpp-host, src/wasm.cc, startShutdown).
 */
export class RootContext extends Context implements Root {
  readonly vm: Vm;
  readonly name: string;
  readonly rootId: string;
  readonly httpCalls = new HttpCalls(this);
  readonly grpcCalls = new GrpcCalls(this);
  readonly #configuration: Uint8Array;
  /** Whether the module can read the plugin's configuration. */
  #readable = false;
  #created = false;
  #streams = 0;
  #retired = false;
  #waiting = false;
  #period = 0;
  /** Cancels the next tick, if there is one. */
  #cancelTick: (() => void) | undefined;
  readonly #contain = containing((event, error) =>
    this.vm.services.log({ level: "error", plugin: this.name, message: brokenText(event, error), source: "host" }),
  );

  constructor(vm: Vm, { name, rootId, configuration }: RootOptions) {
    super(vm.nextContextId(), name);
    this.vm = vm;
    vm.contexts.set(this.id, this);
    this.name = name;
    this.rootId = rootId;
    this.#configuration = configuration;
  }

  override get root(): RootContext {
    return this;
  }

  get vmId(): string {
    return this.vm.id;
  }

  override map(type: number, access: "read" | "write"): HeaderMap | undefined {
    return access === "read" ? (this.httpCalls.map(type) ?? this.grpcCalls.map(type)) : undefined;
  }

  override phaseBuffer(type: number): ByteBuffer | undefined {
    switch (type) {
      case BufferType.plugin_configuration:
        return this.#readable ? new Constant(this.#configuration) : undefined;
      case BufferType.vm_configuration:
        return new Constant(this.vm.configuration);
      case BufferType.http_call_response_body:
        return this.httpCalls.body && new Constant(this.httpCalls.body);
      case BufferType.grpc_receive_buffer:
        return this.grpcCalls.message ? new Constant(this.grpcCalls.message) : Constant.EMPTY;
      default:
        // In Envoy, the other buffers are empty outside their phase: reading them is no error.
        return Constant.EMPTY;
    }
  }

  override attribute(name: string): Attribute {
    return pluginValue(this, name);
  }

  override property(path: string): Property {
    return readProperty((name) => this.attribute(name), path);
  }

  /**
   * Creates the context in the module and starts the VM, even if creating the context has trapped (proxy-wasm-cpp-host,
   * src/context.cc, ContextBase::onStart).
   *
   * @returns false if the module refuses or `proxy_on_vm_start` traps
   */
  start(): boolean {
    this.#create();
    if (!this.vm.has("proxy_on_vm_start")) return true;
    return Boolean(this.vm.callRegardless(this, "proxy_on_vm_start", this.id, this.vm.configuration.length));
  }

  /**
   * Gives the plugin's configuration to the module. A VM that has failed gets none, and that is no refusal
   * (proxy-wasm-cpp-host, src/context.cc, ContextBase::onConfigure).
   *
   * @returns false if the module refuses it or traps
   */
  configure(): boolean {
    if (this.vm.failure !== undefined) return true;
    this.#create();
    if (!this.vm.has("proxy_on_configure")) return true;
    const { length } = this.#configuration;
    return Boolean(this.#withConfiguration(() => this.vm.callRegardless(this, "proxy_on_configure", this.id, length)));
  }

  /** A stream of this plugin has started. */
  streamBegins(): void {
    this.#streams++;
  }

  /** A stream of this plugin has ended. */
  streamEnds(): void {
    this.#streams--;
    this.#shutdownIfUnused();
  }

  /** There will be no new streams. */
  retire(): void {
    if (this.#retired) return;
    this.#retired = true;
    this.#shutdownIfUnused();
  }

  override stop(): void {
    this.#cancelTick?.();
    this.#cancelTick = undefined;
    this.#period = 0;
    this.httpCalls.cancel();
    this.grpcCalls.cancelAll();
    this.vm.services.sharedQueues.leave(this);
  }

  override done(): boolean {
    if (!this.#waiting) return false;
    this.#waiting = false;
    this.vm.defer(() => this.#delete());
    return true;
  }

  /**
   * Calls `proxy_on_tick` every so many milliseconds; 0 stops that. A new period starts at once
   * (envoyproxy/envoy, source/extensions/common/wasm/wasm.cc, setTimerPeriod).
   */
  setTickPeriod(milliseconds: number): void {
    this.#period = milliseconds;
    this.#cancelTick?.();
    this.#cancelTick = this.#nextTick();
  }

  queueReady(token: number): void {
    this.vm.services.platform.enqueue(
      this.#contain("a queue's item", () => {
        if (this.vm.contexts.get(this.id) === this) this.vm.call(this, "proxy_on_queue_ready", this.id, token);
      }),
    );
  }

  #create(): void {
    if (this.#created) return;
    this.#created = true;
    this.#withConfiguration(() => this.vm.call(this, "proxy_on_context_create", this.id, 0));
  }

  /** Calls the module; it can read the plugin's configuration while it runs. */
  #withConfiguration<Result>(call: () => Result): Result {
    this.#readable = true;
    const result = call();
    this.#readable = false;
    return result;
  }

  #nextTick(): (() => void) | undefined {
    if (this.#period === 0 || this.vm.failure !== undefined) return undefined;
    return this.vm.services.platform.startTimer(Math.min(this.#period, MAX_DELAY), () => this.#tick());
  }

  #tick(): void {
    this.#contain("a tick", () => this.vm.call(this, "proxy_on_tick", this.id))();
    if (!this.#cancelTick) return;
    this.#cancelTick();
    this.#cancelTick = this.#nextTick();
  }

  #shutdownIfUnused(): void {
    if (!this.#retired || this.#streams > 0 || this.#waiting) return;
    const done = this.vm.has("proxy_on_done") ? this.vm.call(this, "proxy_on_done", this.id) : 1;
    if (done === 0) this.#waiting = true;
    else this.#delete();
  }

  #delete(): void {
    this.stop();
    this.vm.call(this, "proxy_on_delete", this.id);
    this.vm.contexts.delete(this.id);
  }
}
