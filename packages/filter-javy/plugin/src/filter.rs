//! The filter that the script defines, and the calls into it.

use crate::call::{Answer, Call};
use crate::exceptions::{log_exception, log_rejections};
use crate::host::new_host;
use crate::single::Single;
use crate::values::{Owned, Thrown};
use javy_plugin_api::javy::quickjs::qjs::*;
use std::ffi::{CStr, c_int};
use std::{ptr, slice};

/// The callbacks of the guest API; the number is the one in [`Filter::callbacks`].
#[derive(Clone, Copy)]
pub enum Callback {
    Configure,
    Stream,
    RequestHeaders,
    RequestBody,
    RequestTrailers,
    ResponseHeaders,
    ResponseBody,
    ResponseTrailers,
    Log,
}

const NAMES: [&CStr; 9] = [
    c"onConfigure",
    c"onStream",
    c"onRequestHeaders",
    c"onRequestBody",
    c"onRequestTrailers",
    c"onResponseHeaders",
    c"onResponseBody",
    c"onResponseTrailers",
    c"onLog",
];

pub struct Filter {
    context: *mut JSContext,
    runtime: *mut JSRuntime,
    /// Undefined if the filter doesn't define it.
    callbacks: [JSValue; NAMES.len()],
}

static FILTER: Single<Option<Filter>> = Single::new(None);

/// The filter that was defined; None until then.
pub fn filter() -> Option<&'static Filter> {
    unsafe { FILTER.get() }.as_ref()
}

#[link(wasm_import_module = "filter-javy-script")]
unsafe extern "C" {
    /// What the script's module exports: [`define_filter`], or `extended` for a script that finds its callbacks itself.
    #[link_name = "define"]
    fn script_function(context: *mut JSContext, this: JSValue, count: c_int, arguments: *mut JSValue) -> JSValue;
}

/// Gives scripts the global function that takes a filter's definition, as the guest API has it.
pub unsafe fn install(context: *mut JSContext) -> Result<(), Thrown> {
    const NAME: &CStr = c"defineProxyWasmFilter";
    unsafe {
        let global = Owned::new(context, JS_GetGlobalObject(context))?;
        let generic = JSCFunctionEnum_JS_CFUNC_generic;
        let function = JS_NewCFunction2(context, Some(script_function), NAME.as_ptr(), 1, generic, 0);
        JS_SetPropertyStr(context, global.value, NAME.as_ptr(), function);
    }
    Ok(())
}

#[unsafe(export_name = "define-filter")]
pub unsafe extern "C" fn define_filter(
    context: *mut JSContext,
    _this: JSValue,
    count: c_int,
    arguments: *mut JSValue,
) -> JSValue {
    let call = Call { context, arguments: unsafe { slice::from_raw_parts(arguments, count as usize) } };
    define(&call).unwrap_or(JS_EXCEPTION)
}

fn define(call: &Call) -> Answer {
    let context = call.context;
    let mut callbacks = [JS_UNDEFINED; NAMES.len()];
    unsafe {
        let host = new_host(context)?;
        let object = JS_Call(context, call.argument(0), JS_UNDEFINED, 1, &mut [host.value][0]);
        let object = Owned::new(context, object)?;
        for (callback, name) in callbacks.iter_mut().zip(NAMES) {
            let value = JS_GetPropertyStr(context, object.value, name.as_ptr());
            if JS_IsFunction(context, value) {
                *callback = value;
            } else if !JS_IsUndefined(value) {
                return Err(call.throw(c"a filter's callbacks are functions"));
            }
        }
        if JS_IsUndefined(callbacks[Callback::Configure as usize]) {
            return Err(call.throw(c"a filter defines onConfigure"));
        }
        *FILTER.get() = Some(Filter { context, runtime: JS_GetRuntime(context), callbacks });
    }
    Ok(JS_UNDEFINED)
}

impl Filter {
    /// A filter whose callbacks the script itself finds.
    pub fn dispatched(context: *mut JSContext) -> &'static Filter {
        let callbacks = [JS_UNDEFINED; NAMES.len()];
        unsafe { FILTER.get() }.insert(Filter { context, runtime: unsafe { JS_GetRuntime(context) }, callbacks })
    }

    pub fn defines(&self, callback: Callback) -> bool {
        !unsafe { JS_IsUndefined(self.callbacks[callback as usize]) }
    }

    /// Calls into the script. None if it throws, which is logged.
    pub fn call(&self, callback: Callback, arguments: &mut [JSValue]) -> Option<JSValue> {
        self.run(self.callbacks[callback as usize], NAMES[callback as usize], arguments)
    }

    /// Calls a function of the script, named for what it throws.
    #[inline(always)]
    pub fn run(&self, function: JSValue, name: &CStr, arguments: &mut [JSValue]) -> Option<JSValue> {
        unsafe {
            let result = JS_Call(self.context, function, JS_UNDEFINED, arguments.len() as i32, arguments.as_mut_ptr());
            let threw = JS_IsException(result);
            if threw {
                log_exception(self.context, name);
            }
            if JS_IsJobPending(self.runtime) {
                self.run_jobs(name);
            }
            log_rejections(self.context, name);
            if threw { None } else { Some(result) }
        }
    }

    pub fn release(&self, value: JSValue) {
        unsafe { JS_FreeValue(self.context, value) }
    }

    #[cold]
    fn run_jobs(&self, callback: &CStr) {
        let mut context = ptr::null_mut();
        loop {
            match unsafe { JS_ExecutePendingJob(self.runtime, &mut context) } {
                0 => return,
                done if done < 0 => log_exception(self.context, callback),
                _ => {}
            }
        }
    }
}
