//! What a script throws and doesn't catch: it is logged.

use crate::abi::{ERROR, log};
use crate::single::Single;
use crate::values::{Owned, Text, Thrown};
use javy_plugin_api::javy::quickjs::qjs::*;
use std::ffi::{CStr, c_void};

/// Rejected promises that nobody handles as yet, with what they were rejected with.
static REJECTED: Single<Vec<(JSValue, JSValue)>> = Single::new(Vec::new());

pub unsafe fn watch_rejections(runtime: *mut JSRuntime) {
    unsafe { JS_SetHostPromiseRejectionTracker(runtime, Some(on_rejection), std::ptr::null_mut()) }
}

unsafe extern "C" fn on_rejection(
    context: *mut JSContext,
    promise: JSValue,
    reason: JSValue,
    is_handled: bool,
    _opaque: *mut c_void,
) {
    unsafe {
        let rejected = REJECTED.get();
        if !is_handled {
            rejected.push((JS_DupValue(context, promise), JS_DupValue(context, reason)));
        } else if let Some(index) = rejected.iter().position(|(other, _)| *other == promise) {
            let (promise, reason) = rejected.swap_remove(index);
            JS_FreeValue(context, promise);
            JS_FreeValue(context, reason);
        }
    }
}

/// Logs the rejections that nobody has handled, now that nobody will.
pub fn log_rejections(context: *mut JSContext, callback: &CStr) {
    if !unsafe { REJECTED.get() }.is_empty() {
        for (promise, reason) in std::mem::take(unsafe { REJECTED.get() }) {
            unsafe { JS_FreeValue(context, promise) };
            log_thrown(context, callback, reason);
        }
    }
}

/// Logs the pending exception with its stack.
#[cold]
pub fn log_exception(context: *mut JSContext, callback: &CStr) {
    log_thrown(context, callback, unsafe { JS_GetException(context) });
}

#[cold]
fn log_thrown(context: *mut JSContext, callback: &CStr, thrown: JSValue) {
    let Ok(thrown) = Owned::new(context, thrown) else { return };
    let mut line = callback.to_bytes().to_vec();
    append(context, &mut line, b": ", thrown.value);
    if unsafe { JS_IsError(thrown.value) } {
        let stack = unsafe { JS_GetPropertyStr(context, thrown.value, c"stack".as_ptr()) };
        if let Ok(stack) = Owned::new(context, stack) {
            append(context, &mut line, b"\n", stack.value);
        }
    }
    log(ERROR, line.trim_ascii_end());
}

fn append(context: *mut JSContext, line: &mut Vec<u8>, separator: &[u8], value: JSValue) {
    line.extend(separator);
    match Text::of(context, value) {
        Ok(text) => line.extend_from_slice(&text),
        Err(Thrown) => {
            unsafe { JS_FreeValue(context, JS_GetException(context)) };
            line.extend(b"something that can't be turned into text");
        }
    }
}
