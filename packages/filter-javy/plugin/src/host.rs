//! The guest API's host: one JavaScript object of plain functions.

use crate::abi::*;
use crate::call::{Answer, Call, function, status};
use crate::headers::*;
use crate::metrics::*;
use crate::received::Received;
use crate::values::{Owned, Text, Thrown};
use javy_plugin_api::javy::quickjs::qjs::*;
use std::ffi::CStr;
use std::ptr;

// Inlined, so that a module without a dispatcher has no function for it.
#[inline(always)]
pub unsafe fn new_host(context: *mut JSContext) -> Result<Owned, Thrown> {
    unsafe {
        let host = Owned::new(context, JS_NewObject(context))?;
        let set = |name: &CStr, value| JS_SetPropertyStr(context, host.value, name.as_ptr(), value);
        macro_rules! functions {
            ($($name:literal $length:literal $function:ident),* $(,)?) => {
                $(set($name, function(context, $name, $length, $function));)*
            };
        }
        functions! {
            c"internName" 1 intern_name,
            c"internHeaders" 1 intern_headers,
            c"log" 2 log_message,
            c"hasHeader" 2 has_header,
            c"getHeader" 2 get_header,
            c"getHeaders" 1 get_headers,
            c"addHeaders" 2 add_headers,
            c"addHeader" 3 add_header,
            c"replaceHeader" 3 replace_header,
            c"removeHeader" 2 remove_header,
            c"defineMetric" 2 define_metric,
            c"incrementMetric" 2 increment_metric,
            c"recordMetric" 2 record_metric,
            c"getMetric" 1 get_metric,
            c"getProperty" 1 get_property,
            c"getBuffer" 3 get_buffer,
            c"setBuffer" 4 set_buffer,
            c"sendLocalResponse" 3 send_local_response,
        }
        Ok(host)
    }
}

fn log_message(call: &Call) -> Answer {
    let (level, message) = (call.integer(0)?, call.text(1)?);
    status(log(level, &message))
}

fn get_property(call: &Call) -> Answer {
    let mut path = Vec::new();
    for (index, part) in call.elements(call.argument(0))?.iter().enumerate() {
        if index > 0 {
            path.push(0);
        }
        path.extend_from_slice(&Text::of(call.context, part.value)?);
    }
    let given = Received::from(|value, size| unsafe { proxy_get_property(path.as_ptr(), path.len(), value, size) });
    call.result(given.map(|value| call.new_bytes(&value)))
}

fn get_buffer(call: &Call) -> Answer {
    let (buffer, start, length) = (call.integer(0)?, call.long(1)? as usize, call.long(2)? as usize);
    let given = Received::from(|bytes, size| unsafe { proxy_get_buffer_bytes(buffer, start, length, bytes, size) });
    call.result(given.map(|bytes| call.new_bytes(&bytes)))
}

fn set_buffer(call: &Call) -> Answer {
    let (buffer, start, length) = (call.integer(0)?, call.long(1)? as usize, call.long(2)? as usize);
    let bytes = call.bytes(3)?;
    status(unsafe { proxy_set_buffer_bytes(buffer, start, length, bytes.as_ptr(), bytes.len()) })
}

fn send_local_response(call: &Call) -> Answer {
    const NO_GRPC_STATUS: i32 = -1;
    let (http_status, headers, body) = (call.integer(0)?, write_pairs(&call.headers(1)?), call.text(2)?);
    status(unsafe {
        proxy_send_local_response(
            http_status as u32,
            ptr::null(),
            0,
            body.as_ptr(),
            body.len(),
            headers.as_ptr(),
            headers.len(),
            NO_GRPC_STATUS,
        )
    })
}
