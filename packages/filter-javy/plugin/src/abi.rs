//! The host functions of Proxy-Wasm ABI 0.2.1 that the guest API needs, as the specification has them. Those from `proxy_get_status` on are
//! behind `host-call`; a module whose script doesn't call that imports none of them.

#[link(wasm_import_module = "env")]
unsafe extern "C" {
    pub fn proxy_log(level: i32, message: *const u8, size: usize) -> i32;

    pub fn proxy_get_header_map_value(
        map: i32,
        name: *const u8,
        name_size: usize,
        value: *mut *mut u8,
        value_size: *mut usize,
    ) -> i32;
    pub fn proxy_get_header_map_pairs(map: i32, pairs: *mut *mut u8, size: *mut usize) -> i32;
    pub fn proxy_add_header_map_value(
        map: i32,
        name: *const u8,
        name_size: usize,
        value: *const u8,
        value_size: usize,
    ) -> i32;
    pub fn proxy_replace_header_map_value(
        map: i32,
        name: *const u8,
        name_size: usize,
        value: *const u8,
        value_size: usize,
    ) -> i32;
    pub fn proxy_remove_header_map_value(map: i32, name: *const u8, name_size: usize) -> i32;

    pub fn proxy_define_metric(kind: i32, name: *const u8, name_size: usize, metric: *mut u32) -> i32;
    pub fn proxy_increment_metric(metric: u32, by: i64) -> i32;
    pub fn proxy_record_metric(metric: u32, value: u64) -> i32;
    pub fn proxy_get_metric(metric: u32, value: *mut u64) -> i32;

    pub fn proxy_get_property(path: *const u8, path_size: usize, value: *mut *mut u8, size: *mut usize) -> i32;
    pub fn proxy_get_buffer_bytes(
        buffer: i32,
        start: usize,
        length: usize,
        bytes: *mut *mut u8,
        size: *mut usize,
    ) -> i32;
    pub fn proxy_set_buffer_bytes(buffer: i32, start: usize, length: usize, bytes: *const u8, size: usize) -> i32;

    pub fn proxy_send_local_response(
        status: u32,
        details: *const u8,
        details_size: usize,
        body: *const u8,
        body_size: usize,
        headers: *const u8,
        headers_size: usize,
        grpc_status: i32,
    ) -> i32;

    pub fn proxy_get_status(code: *mut u32, message: *mut *mut u8, size: *mut usize) -> i32;
    pub fn proxy_get_log_level(level: *mut u32) -> i32;
    pub fn proxy_set_property(path: *const u8, path_size: usize, value: *const u8, size: usize) -> i32;
    pub fn proxy_get_header_map_size(map: u32, size: *mut u32) -> i32;
    pub fn proxy_set_header_map_pairs(map: u32, pairs: *const u8, size: usize) -> i32;
    pub fn proxy_get_buffer_status(buffer: u32, length: *mut u32, flags: *mut u32) -> i32;

    pub fn proxy_get_shared_data(
        key: *const u8,
        key_size: usize,
        value: *mut *mut u8,
        size: *mut usize,
        cas: *mut u32,
    ) -> i32;
    pub fn proxy_set_shared_data(key: *const u8, key_size: usize, value: *const u8, size: usize, cas: u32) -> i32;
    pub fn proxy_register_shared_queue(name: *const u8, size: usize, queue: *mut u32) -> i32;
    pub fn proxy_resolve_shared_queue(
        vm_id: *const u8,
        vm_id_size: usize,
        name: *const u8,
        name_size: usize,
        queue: *mut u32,
    ) -> i32;
    pub fn proxy_dequeue_shared_queue(queue: u32, item: *mut *mut u8, size: *mut usize) -> i32;
    pub fn proxy_enqueue_shared_queue(queue: u32, item: *const u8, size: usize) -> i32;

    pub fn proxy_http_call(
        upstream: *const u8,
        upstream_size: usize,
        headers: *const u8,
        headers_size: usize,
        body: *const u8,
        body_size: usize,
        trailers: *const u8,
        trailers_size: usize,
        timeout: u32,
        call: *mut u32,
    ) -> i32;
    pub fn proxy_grpc_call(
        upstream: *const u8,
        upstream_size: usize,
        service: *const u8,
        service_size: usize,
        method: *const u8,
        method_size: usize,
        metadata: *const u8,
        metadata_size: usize,
        message: *const u8,
        message_size: usize,
        timeout: u32,
        call: *mut u32,
    ) -> i32;
    pub fn proxy_grpc_stream(
        upstream: *const u8,
        upstream_size: usize,
        service: *const u8,
        service_size: usize,
        method: *const u8,
        method_size: usize,
        metadata: *const u8,
        metadata_size: usize,
        call: *mut u32,
    ) -> i32;
    pub fn proxy_grpc_send(call: u32, message: *const u8, size: usize, end_of_stream: u32) -> i32;
    pub fn proxy_grpc_close(call: u32) -> i32;
    pub fn proxy_grpc_cancel(call: u32) -> i32;

    pub fn proxy_set_tick_period_milliseconds(period: u32) -> i32;
    pub fn proxy_continue_stream(stream: u32) -> i32;
    pub fn proxy_close_stream(stream: u32) -> i32;
    pub fn proxy_set_effective_context(context: u32) -> i32;
    pub fn proxy_done() -> i32;
    pub fn proxy_call_foreign_function(
        name: *const u8,
        name_size: usize,
        arguments: *const u8,
        size: usize,
        results: *mut *mut u8,
        results_size: *mut usize,
    ) -> i32;
}

pub const OK: i32 = 0;
pub const INFO: i32 = 2;
pub const ERROR: i32 = 4;

/// `proxy_log`.
pub fn log(level: i32, message: &[u8]) -> i32 {
    unsafe { proxy_log(level, message.as_ptr(), message.len()) }
}

#[unsafe(no_mangle)]
pub extern "C" fn proxy_abi_version_0_2_1() {}
