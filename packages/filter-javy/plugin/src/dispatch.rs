//! Filters that find their callbacks themselves: the script has one function for all callbacks, and calls the host through one function.
//! The build connects them only for scripts that need it, and removes all of this from other modules. Texts here would stay in those.

use crate::call::Call;
use crate::filter::{Filter, filter};
use crate::host::new_host;
use crate::host_call::host_call;
use crate::single::Single;
use crate::values::Thrown;
use javy_plugin_api::javy::quickjs::qjs::*;
use std::ffi::{CStr, c_char, c_int};
use std::slice;

struct Dispatcher {
    function: JSValue,
    /// Which callbacks the filter defines.
    callbacks: u32,
}

static DISPATCHER: Single<Option<Dispatcher>> = Single::new(None);

/// What `defineProxyWasmFilter` is in such a module: `(HOST)` answers the host, `(DISPATCH, function, callbacks)` sets the function for all
/// callbacks; other numbers are functions of the host.
#[unsafe(export_name = "extended")]
pub unsafe extern "C" fn extended(
    context: *mut JSContext,
    _this: JSValue,
    count: c_int,
    arguments: *mut JSValue,
) -> JSValue {
    const HOST: i32 = 100;
    const DISPATCH: i32 = 101;
    let call = Call { context, arguments: unsafe { slice::from_raw_parts(arguments, count as usize) } };
    let answer = match call.integer(0) {
        Ok(HOST) => unsafe { new_host(context) }.map(|host| host.take()),
        Ok(DISPATCH) => set_dispatcher(&call),
        Ok(which) => host_call(&call, which),
        Err(thrown) => Err(thrown),
    };
    answer.unwrap_or(JS_EXCEPTION)
}

fn set_dispatcher(call: &Call) -> Result<JSValue, Thrown> {
    let callbacks = call.long(2)? as u32;
    Filter::dispatched(call.context);
    let function = unsafe { JS_DupValue(call.context, call.argument(1)) };
    unsafe { *DISPATCHER.get() = Some(Dispatcher { function, callbacks }) };
    Ok(JS_UNDEFINED)
}

/// Calls the script's function for a callback, by its number in the guest API; its result, if that is an integer. The name, for what the
/// script throws, ends with a zero byte and stays where it is.
#[unsafe(export_name = "dispatch")]
pub unsafe extern "C" fn dispatch(callback: u32, a: u32, b: u32, c: u32, d: u32, e: u32, name: *const c_char) -> i32 {
    let (Some(dispatcher), Some(filter)) = (unsafe { DISPATCHER.get() }, filter()) else { return 0 };
    let mut arguments = [callback, a, b, c, d, e].map(number);
    match filter.run(dispatcher.function, unsafe { CStr::from_ptr(name) }, &mut arguments) {
        Some(result) if unsafe { JS_IsInt(result) } => unsafe { JS_VALUE_GET_INT(result) },
        Some(other) => {
            filter.release(other);
            0
        }
        None => 0,
    }
}

/// An integer, or what JavaScript has for greater numbers.
pub fn number(value: u32) -> JSValue {
    i32::try_from(value).map_or_else(|_| JS_NewFloat64(value.into()), |integer| JS_MKVAL(JS_TAG_INT, integer))
}

/// For the build, as `defined-callbacks`.
#[unsafe(export_name = "dispatched-callbacks")]
pub extern "C" fn dispatched_callbacks() -> u32 {
    unsafe { DISPATCHER.get() }.as_ref().map_or(0, |dispatcher| dispatcher.callbacks)
}
