// The component's functions, by the names that the lowering step uses. The post-return function of an export ends each call.

/** The component's own allocator, which cannot free. */
@external("guest", "realloc")
export declare function realloc(block: usize, oldSize: usize, align: usize, newSize: usize): usize;

@external("guest", "callbacks")
export declare function callbacks(): u32;
@external("guest", "post-callbacks")
export declare function endCallbacks(result: u32): void;

@external("guest", "on-configure")
export declare function onConfigure(plugin: u32, size: u32): u32;
@external("guest", "post-on-configure")
export declare function endOnConfigure(result: u32): void;

@external("guest", "on-plugin-end")
export declare function onPluginEnd(plugin: u32): void;
@external("guest", "post-on-plugin-end")
export declare function endOnPluginEnd(): void;

@external("guest", "select")
export declare function select(context: u32): u32;
@external("guest", "post-select")
export declare function endSelect(result: u32): void;

@external("guest", "on-stream")
export declare function onStream(context: u32, plugin: u32): void;
@external("guest", "post-on-stream")
export declare function endOnStream(): void;

@external("guest", "on-stream-end")
export declare function onStreamEnd(context: u32): void;
@external("guest", "post-on-stream-end")
export declare function endOnStreamEnd(): void;

@external("guest", "qh")
export declare function onRequestHeaders(count: u32, endOfStream: u32): u32;
@external("guest", "post-qh")
export declare function endOnRequestHeaders(result: u32): void;

@external("guest", "qb")
export declare function onRequestBody(size: u32, endOfStream: u32): u32;
@external("guest", "post-qb")
export declare function endOnRequestBody(result: u32): void;

@external("guest", "qt")
export declare function onRequestTrailers(count: u32): u32;
@external("guest", "post-qt")
export declare function endOnRequestTrailers(result: u32): void;

@external("guest", "rh")
export declare function onResponseHeaders(count: u32, endOfStream: u32): u32;
@external("guest", "post-rh")
export declare function endOnResponseHeaders(result: u32): void;

@external("guest", "rb")
export declare function onResponseBody(size: u32, endOfStream: u32): u32;
@external("guest", "post-rb")
export declare function endOnResponseBody(result: u32): void;

@external("guest", "rt")
export declare function onResponseTrailers(count: u32): u32;
@external("guest", "post-rt")
export declare function endOnResponseTrailers(result: u32): void;

@external("guest", "lg")
export declare function onLog(): void;
@external("guest", "post-lg")
export declare function endOnLog(): void;

/** Runs the pending jobs of promises after each call, because the proxy may end the VM before the next one. */
@external("guest", "settle")
export declare function settle(): void;

/** Calls one of the engine's functions that stand for imports, as JavaScript does. */
@external("guest", "call import")
export declare function callImport(context: usize, callee: u64, self: u64, count: i32, values: usize, flags: i32): u64;
/** Calls a function that JavaScript's `bind` has created. */
@external("guest", "call bound")
export declare function callBound(context: usize, callee: u64, self: u64, count: i32, values: usize, flags: i32): u64;
