import { Upstream } from "./http1/upstream.ts";
import { Http2Upstream } from "./http2/upstream.ts";
import type { Route, UpstreamEnd, UpstreamEvents } from "./upstream-end.ts";

/** An upstream's end of an exchange: HTTP/2 with prior knowledge for `h2c://HOST:PORT`, HTTP/1.1 for `http://HOST:PORT`. */
export const openUpstream = (route: Route, events: UpstreamEvents): UpstreamEnd =>
  route.upstream.protocol === "h2c:" ? new Http2Upstream(route, events) : new Upstream(route, events);
