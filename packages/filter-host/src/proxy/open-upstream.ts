import { Upstream } from "./http1/upstream.ts";
import { Http2Upstream } from "./http2/upstream.ts";
import type { UpstreamEnd, UpstreamEvents, UpstreamOptions } from "./upstream-end.ts";

/** An upstream's end of an exchange: HTTP/2 with prior knowledge for `h2c://HOST:PORT`, HTTP/1.1 for `http://HOST:PORT`. */
export const openUpstream = (options: UpstreamOptions, events: UpstreamEvents): UpstreamEnd =>
  options.upstream.protocol === "h2c:" ? new Http2Upstream(options, events) : new Upstream(options, events);
