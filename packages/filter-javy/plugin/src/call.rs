//! A call of a host function from JavaScript: its arguments, and what it returns.

use crate::abi::OK;
use crate::kept::Kept;
use crate::values::{Owned, Text, Thrown};
use javy_plugin_api::javy::quickjs::qjs::*;
use std::ffi::{CStr, c_int};
use std::{ptr, slice};

pub type Answer = Result<JSValue, Thrown>;

pub struct Call<'a> {
    pub context: *mut JSContext,
    pub arguments: &'a [JSValue],
}

/// Makes a JavaScript function of a Rust one, which is known by its type: a pointer to data would cost a look-up in each call.
pub unsafe fn function<F: Fn(&Call) -> Answer>(
    context: *mut JSContext,
    name: &CStr,
    length: c_int,
    _function: F,
) -> JSValue {
    const { assert!(size_of::<F>() == 0, "functions that capture nothing") };
    unsafe { JS_NewCFunction2(context, Some(enter::<F>), name.as_ptr(), length, JSCFunctionEnum_JS_CFUNC_generic, 0) }
}

unsafe extern "C" fn enter<F: Fn(&Call) -> Answer>(
    context: *mut JSContext,
    _this: JSValue,
    count: c_int,
    arguments: *mut JSValue,
) -> JSValue {
    let function = unsafe { ptr::NonNull::<F>::dangling().as_ref() };
    // The engine fills up to the function's length with undefined, and tells the count without.
    let call = Call { context, arguments: unsafe { slice::from_raw_parts(arguments, count as usize) } };
    function(&call).unwrap_or(JS_EXCEPTION)
}

/// A host function's status as its result.
pub fn status(status: i32) -> Answer {
    Ok(JS_MKVAL(JS_TAG_INT, status))
}

impl Call<'_> {
    pub fn argument(&self, index: usize) -> JSValue {
        self.arguments.get(index).copied().unwrap_or(JS_UNDEFINED)
    }

    pub fn integer(&self, index: usize) -> Result<i32, Thrown> {
        let value = self.argument(index);
        unsafe {
            if JS_IsInt(value) {
                return Ok(JS_VALUE_GET_INT(value));
            }
            let mut integer = 0;
            if JS_ToInt32(self.context, &mut integer, value) < 0 { Err(Thrown) } else { Ok(integer) }
        }
    }

    pub fn long(&self, index: usize) -> Result<i64, Thrown> {
        let mut long = 0;
        let failed = unsafe { JS_ToInt64(self.context, &mut long, self.argument(index)) } < 0;
        if failed { Err(Thrown) } else { Ok(long) }
    }

    pub fn kept<T: Kept>(&self, index: usize) -> Result<&T, Thrown> {
        unsafe { T::of(self.argument(index)) }.ok_or_else(|| self.throw(T::EXPECTED))
    }

    pub fn text(&self, index: usize) -> Result<Text, Thrown> {
        Text::of(self.context, self.argument(index))
    }

    pub fn bytes(&self, index: usize) -> Result<&[u8], Thrown> {
        let mut size = 0;
        let start = unsafe { JS_GetUint8Array(self.context, &mut size, self.argument(index)) };
        if start.is_null() {
            // An empty array has no memory, and throws nothing.
            return if unsafe { JS_HasException(self.context) } { Err(Thrown) } else { Ok(&[]) };
        }
        Ok(unsafe { slice::from_raw_parts(start, size as usize) })
    }

    /// The elements of an array.
    pub fn elements(&self, array: JSValue) -> Result<Vec<Owned>, Thrown> {
        let mut length = 0;
        if unsafe { JS_GetLength(self.context, array, &mut length) } < 0 {
            return Err(Thrown);
        }
        (0..length as u32)
            .map(|index| Owned::new(self.context, unsafe { JS_GetPropertyUint32(self.context, array, index) }))
            .collect()
    }

    /// Header lines as the guest API has them, `[name, value]`, encoded.
    pub fn headers(&self, index: usize) -> Result<Vec<(Vec<u8>, Vec<u8>)>, Thrown> {
        self.elements(self.argument(index))?
            .iter()
            .map(|line| {
                let line = self.elements(line.value)?;
                let text = |at: usize| {
                    let value = line.get(at).map_or(JS_UNDEFINED, |owned| owned.value);
                    Text::of(self.context, value).map(|text| text.to_vec())
                };
                Ok((text(0)?, text(1)?))
            })
            .collect()
    }

    /// `{ status, value }`, or `{ status }` if there is no value.
    pub fn result(&self, given: Result<JSValue, i32>) -> Answer {
        let object = Owned::new(self.context, unsafe { JS_NewObject(self.context) })?;
        let set = |name: &CStr, value| unsafe { JS_SetPropertyStr(self.context, object.value, name.as_ptr(), value) };
        set(c"status", JS_MKVAL(JS_TAG_INT, *given.as_ref().err().unwrap_or(&OK)));
        if let Ok(value) = given {
            if unsafe { JS_IsException(value) } {
                return Err(Thrown);
            }
            set(c"value", value);
        }
        Ok(object.take())
    }

    pub fn new_text(&self, bytes: &[u8]) -> JSValue {
        let text = String::from_utf8_lossy(bytes);
        unsafe { JS_NewStringLen(self.context, text.as_ptr().cast(), text.len() as _) }
    }

    pub fn new_bytes(&self, bytes: &[u8]) -> JSValue {
        unsafe { JS_NewUint8ArrayCopy(self.context, bytes.as_ptr(), bytes.len() as _) }
    }

    pub fn throw(&self, message: &CStr) -> Thrown {
        unsafe { JS_ThrowTypeError(self.context, c"%s".as_ptr(), message.as_ptr()) };
        Thrown
    }
}
