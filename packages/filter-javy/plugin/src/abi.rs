//! The host functions of Proxy-Wasm ABI 0.2.1 that the guest API needs, as the specification has them.

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
