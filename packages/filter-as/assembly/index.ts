import { Action, Contexts, make } from "proxy-wasm-as";
import { Root } from "./root";

export * from "proxy-wasm-as/abi";

const roots = new Contexts<Root>();

export function proxy_on_context_create(id: u32, parent: u32): void {
  roots.create(id, parent);
  if (!parent) roots.set(id, make<Root>());
}

export function proxy_on_configure(id: u32, size: u32): bool {
  const root = roots.of(id);
  return root ? root.configure(size) : false;
}

export function proxy_on_request_headers(id: u32, headers: u32, endOfStream: bool): Action {
  const root = roots.of(id);
  if (root) root.count();
  return Action.Continue;
}

export function proxy_on_response_headers(id: u32, headers: u32, endOfStream: bool): Action {
  const root = roots.of(id);
  if (root) root.addHeaders();
  return Action.Continue;
}

export function proxy_on_delete(id: u32): void {
  const root = roots.delete(id);
  if (root) root.free();
}
