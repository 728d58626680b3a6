//! What the guest API keeps as bytes outside of JavaScript, so that a request neither encodes nor copies it. The engine's garbage
//! collection frees it.

use crate::single::Single;
use javy_plugin_api::javy::quickjs::qjs::*;
use std::ffi::CStr;

pub trait Kept: Sized + 'static {
    const CLASS: &'static CStr;
    const EXPECTED: &'static CStr;

    fn class() -> &'static Single<JSClassID>;

    unsafe fn register(runtime: *mut JSRuntime) {
        unsafe {
            let id = JS_NewClassID(runtime, Self::class().get());
            let definition = JSClassDef {
                class_name: Self::CLASS.as_ptr(),
                finalizer: Some(finalize::<Self>),
                gc_mark: None,
                call: None,
                exotic: std::ptr::null_mut(),
            };
            JS_NewClass(runtime, id, &definition);
        }
    }

    unsafe fn keep(self, context: *mut JSContext) -> JSValue {
        unsafe {
            let object = JS_NewObjectClass(context, *Self::class().get());
            if !JS_IsException(object) {
                JS_SetOpaque(object, Box::into_raw(Box::new(self)).cast());
            }
            object
        }
    }

    unsafe fn of<'a>(value: JSValue) -> Option<&'a Self> {
        unsafe { JS_GetOpaque(value, *Self::class().get()).cast::<Self>().as_ref() }
    }
}

unsafe extern "C" fn finalize<T: Kept>(_runtime: *mut JSRuntime, value: JSValue) {
    unsafe {
        let kept = JS_GetOpaque(value, *T::class().get()).cast::<T>();
        if !kept.is_null() {
            drop(Box::from_raw(kept));
        }
    }
}

/// A header's name.
pub struct Name(pub Vec<u8>);

impl Kept for Name {
    const CLASS: &'static CStr = c"HeaderName";
    const EXPECTED: &'static CStr = c"expected a name from internName";

    fn class() -> &'static Single<JSClassID> {
        static CLASS: Single<JSClassID> = Single::new(0);
        &CLASS
    }
}

/// Headers, in the order in which they are added.
pub struct HeaderList(pub Vec<(Vec<u8>, Vec<u8>)>);

impl Kept for HeaderList {
    const CLASS: &'static CStr = c"HeaderList";
    const EXPECTED: &'static CStr = c"expected headers from internHeaders";

    fn class() -> &'static Single<JSClassID> {
        static CLASS: Single<JSClassID> = Single::new(0);
        &CLASS
    }
}
