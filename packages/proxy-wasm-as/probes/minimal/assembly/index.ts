import { Action } from "proxy-wasm-as";

export * from "proxy-wasm-as/abi";

export function proxy_on_request_headers(id: u32, headers: u32, endOfStream: bool): Action {
  return Action.Continue;
}
