//! JavaScript values: holding and releasing them.

use javy_plugin_api::javy::quickjs::qjs::*;
use std::ops::Deref;
use std::slice;

/// An exception is pending in the engine.
pub struct Thrown;

/// A JavaScript string's UTF-8, for as long as it is needed.
pub struct Text {
    context: *mut JSContext,
    start: *const u8,
    size: usize,
}

impl Text {
    pub fn of(context: *mut JSContext, value: JSValue) -> Result<Text, Thrown> {
        let mut size = 0;
        let start = unsafe { JS_ToCStringLen2(context, &mut size, value, false) };
        if start.is_null() { Err(Thrown) } else { Ok(Text { context, start: start.cast(), size: size as usize }) }
    }
}

impl Deref for Text {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        unsafe { slice::from_raw_parts(self.start, self.size) }
    }
}

impl Drop for Text {
    fn drop(&mut self) {
        unsafe { JS_FreeCString(self.context, self.start.cast()) }
    }
}

/// A value whose reference is released when it is dropped.
pub struct Owned {
    context: *mut JSContext,
    pub value: JSValue,
}

impl Owned {
    pub fn new(context: *mut JSContext, value: JSValue) -> Result<Owned, Thrown> {
        if unsafe { JS_IsException(value) } { Err(Thrown) } else { Ok(Owned { context, value }) }
    }

    pub fn take(mut self) -> JSValue {
        std::mem::replace(&mut self.value, JS_UNDEFINED)
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        unsafe { JS_FreeValue(self.context, self.value) }
    }
}
