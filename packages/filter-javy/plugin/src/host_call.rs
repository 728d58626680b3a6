//! The Proxy-Wasm functions behind one JavaScript function: `(which, first, second, ...bytes)` answers `[status, number, bytes]`.

use crate::abi::*;
use crate::call::{Answer, Call};
use crate::dispatch::number;
use crate::received::Received;
use crate::values::Owned;
use javy_plugin_api::javy::quickjs::qjs::*;
use std::ptr::null_mut;

/// Calls a function by its number in the guest API (`HostFunction`). An unknown one is `Unimplemented`.
pub fn host_call(call: &Call, which: i32) -> Answer {
    const UNIMPLEMENTED: i32 = 12;
    let (first, second) = (call.long(1)? as u32, call.long(2)? as u32);
    let bytes = |index: usize| {
        let value = call.argument(3 + index);
        if unsafe { JS_IsUndefined(value) } { Ok(&[][..]) } else { call.bytes(3 + index) }
    };
    let (a, b, c, d, e) = (bytes(0)?, bytes(1)?, bytes(2)?, bytes(3)?, bytes(4)?);
    let (mut value, mut flags) = (0, 0);
    let (mut start, mut size) = (null_mut(), 0);
    let status = unsafe {
        match which {
            0 => proxy_get_status(&mut value, &mut start, &mut size),
            1 => proxy_get_log_level(&mut value),
            2 => proxy_set_property(a.as_ptr(), a.len(), b.as_ptr(), b.len()),
            3 => proxy_send_local_response(
                first,
                a.as_ptr(),
                a.len(),
                b.as_ptr(),
                b.len(),
                c.as_ptr(),
                c.len(),
                second as i32,
            ),
            4 => proxy_get_header_map_size(first, &mut value),
            5 => proxy_set_header_map_pairs(first, a.as_ptr(), a.len()),
            6 => proxy_get_buffer_status(first, &mut value, &mut flags),
            7 => proxy_get_shared_data(a.as_ptr(), a.len(), &mut start, &mut size, &mut value),
            8 => proxy_set_shared_data(a.as_ptr(), a.len(), b.as_ptr(), b.len(), first),
            9 => proxy_register_shared_queue(a.as_ptr(), a.len(), &mut value),
            10 => proxy_resolve_shared_queue(a.as_ptr(), a.len(), b.as_ptr(), b.len(), &mut value),
            11 => proxy_dequeue_shared_queue(first, &mut start, &mut size),
            12 => proxy_enqueue_shared_queue(first, a.as_ptr(), a.len()),
            13 => proxy_http_call(
                a.as_ptr(),
                a.len(),
                b.as_ptr(),
                b.len(),
                c.as_ptr(),
                c.len(),
                d.as_ptr(),
                d.len(),
                first,
                &mut value,
            ),
            14 => proxy_grpc_call(
                a.as_ptr(),
                a.len(),
                b.as_ptr(),
                b.len(),
                c.as_ptr(),
                c.len(),
                d.as_ptr(),
                d.len(),
                e.as_ptr(),
                e.len(),
                first,
                &mut value,
            ),
            15 => proxy_grpc_stream(
                a.as_ptr(),
                a.len(),
                b.as_ptr(),
                b.len(),
                c.as_ptr(),
                c.len(),
                d.as_ptr(),
                d.len(),
                &mut value,
            ),
            16 => proxy_grpc_send(first, a.as_ptr(), a.len(), second),
            17 => proxy_grpc_close(first),
            18 => proxy_grpc_cancel(first),
            19 => proxy_set_tick_period_milliseconds(first),
            20 => proxy_continue_stream(first),
            21 => proxy_close_stream(first),
            22 => proxy_set_effective_context(first),
            23 => proxy_done(),
            24 => proxy_call_foreign_function(a.as_ptr(), a.len(), b.as_ptr(), b.len(), &mut start, &mut size),
            _ => UNIMPLEMENTED,
        }
    };
    let given = Received::new(start, size);
    let answer = Owned::new(call.context, unsafe { JS_NewArray(call.context) })?;
    let given = Owned::new(call.context, call.new_bytes(&given))?;
    unsafe {
        JS_SetPropertyUint32(call.context, answer.value, 0, number(status as u32));
        JS_SetPropertyUint32(call.context, answer.value, 1, number(value));
        JS_SetPropertyUint32(call.context, answer.value, 2, given.take());
    }
    Ok(answer.take())
}
