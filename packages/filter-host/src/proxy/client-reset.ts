import { type Gone, ResponseFlag } from "proxy-wasm-host";

/** A client has reset its HTTP/2 stream before it had the whole response, as filters see it. */
export const CLIENT_RESET: Gone = { flags: ResponseFlag.downstream_remote_reset, details: "http2.remote_reset" };
