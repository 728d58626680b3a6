//! The callbacks that the host calls. The build removes the exports of those that the script doesn't define.

use crate::contexts::{Context, Plugin, contexts};
use crate::filter::{Callback, Filter, filter};
use javy_plugin_api::javy::quickjs::qjs::*;
use std::cell::Cell;
use std::rc::Rc;

const CONTINUE: i32 = 0;

fn number(value: u32) -> JSValue {
    JS_MKVAL(JS_TAG_INT, value as i32)
}

fn boolean(value: u32) -> JSValue {
    if value != 0 { JS_TRUE } else { JS_FALSE }
}

fn is_undefined(value: JSValue) -> bool {
    unsafe { JS_IsUndefined(value) }
}

fn plugin(id: u32) -> Option<Plugin> {
    match unsafe { contexts() }.get(&id) {
        Some(Context::Root(plugin)) => Some(plugin.clone()),
        _ => None,
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn proxy_on_context_create(id: u32, parent: u32) {
    let context = if parent == 0 {
        Context::Root(Rc::new(Cell::new(JS_UNDEFINED)))
    } else if let Some(plugin) = plugin(parent) {
        match filter() {
            Some(filter) if filter.defines(Callback::Stream) => Context::OwnStream(new_stream(filter, &plugin)),
            _ => Context::Stream(plugin),
        }
    } else {
        return;
    };
    unsafe { contexts() }.insert(id, context);
}

fn new_stream(filter: &Filter, plugin: &Plugin) -> JSValue {
    let configuration = plugin.get();
    if is_undefined(configuration) {
        return JS_UNDEFINED;
    }
    filter.call(Callback::Stream, &mut [configuration]).unwrap_or(JS_UNDEFINED)
}

#[unsafe(no_mangle)]
pub extern "C" fn proxy_on_configure(id: u32, size: u32) -> i32 {
    let (Some(filter), Some(plugin)) = (filter(), plugin(id)) else { return 0 };
    match filter.call(Callback::Configure, &mut [number(size), plugin.get()]) {
        Some(configuration) if !is_undefined(configuration) => {
            filter.release(plugin.replace(configuration));
            1
        }
        _ => 0,
    }
}

/// Calls a stream's callback; a stream of a plugin that was never configured is left alone.
fn on_stream<const N: usize>(callback: Callback, id: u32, details: [JSValue; N]) -> i32 {
    let stream = match unsafe { contexts() }.get(&id) {
        Some(Context::Stream(plugin)) => plugin.get(),
        Some(Context::OwnStream(value)) => *value,
        _ => return CONTINUE,
    };
    let Some(filter) = filter() else { return CONTINUE };
    if is_undefined(stream) || !filter.defines(callback) {
        return CONTINUE;
    }
    let mut arguments = [stream; 3];
    arguments[1..1 + N].copy_from_slice(&details);
    match filter.call(callback, &mut arguments[..1 + N]) {
        Some(action) if unsafe { JS_IsInt(action) } => unsafe { JS_VALUE_GET_INT(action) },
        Some(other) => {
            filter.release(other);
            CONTINUE
        }
        None => CONTINUE,
    }
}

macro_rules! headers_or_body {
    ($($export:ident $callback:ident),* $(,)?) => {$(
        #[unsafe(no_mangle)]
        pub extern "C" fn $export(id: u32, count: u32, end_of_stream: u32) -> i32 {
            on_stream(Callback::$callback, id, [number(count), boolean(end_of_stream)])
        }
    )*};
}

headers_or_body! {
    proxy_on_request_headers RequestHeaders,
    proxy_on_request_body RequestBody,
    proxy_on_response_headers ResponseHeaders,
    proxy_on_response_body ResponseBody,
}

#[unsafe(no_mangle)]
pub extern "C" fn proxy_on_request_trailers(id: u32, count: u32) -> i32 {
    on_stream(Callback::RequestTrailers, id, [number(count)])
}

#[unsafe(no_mangle)]
pub extern "C" fn proxy_on_response_trailers(id: u32, count: u32) -> i32 {
    on_stream(Callback::ResponseTrailers, id, [number(count)])
}

#[unsafe(no_mangle)]
pub extern "C" fn proxy_on_log(id: u32) {
    on_stream(Callback::Log, id, []);
}

#[unsafe(no_mangle)]
pub extern "C" fn proxy_on_delete(id: u32) {
    let (Some(context), Some(filter)) = (unsafe { contexts() }.remove(&id), filter()) else { return };
    match context {
        Context::OwnStream(value) => filter.release(value),
        // The last one to let go of a plugin gives its configuration back.
        Context::Root(plugin) | Context::Stream(plugin) => {
            if let Some(configuration) = Rc::into_inner(plugin) {
                filter.release(configuration.get());
            }
        }
    }
}

/// For the build, which asks once and removes this export too: bit N is set where the script defines the callback of that number.
#[unsafe(export_name = "defined-callbacks")]
pub extern "C" fn defined_callbacks() -> u32 {
    use Callback::*;
    let all = [
        Configure,
        Stream,
        RequestHeaders,
        RequestBody,
        RequestTrailers,
        ResponseHeaders,
        ResponseBody,
        ResponseTrailers,
        Log,
    ];
    let Some(filter) = filter() else { return 0 };
    all.into_iter().filter(|callback| filter.defines(*callback)).fold(0, |bits, callback| bits | 1 << callback as u32)
}
