//! Bytes that the host gives: it allocates them with the `malloc` that this module exports, and the module owns them.

use crate::abi::OK;
use std::ffi::c_void;
use std::ops::Deref;
use std::{ptr, slice};

unsafe extern "C" {
    fn free(memory: *mut c_void);
}

/// Given back when dropped.
pub struct Received {
    start: *mut u8,
    size: usize,
}

impl Received {
    /// Takes what a host function has written: nothing, if it has failed.
    pub fn new(start: *mut u8, size: usize) -> Received {
        Received { start, size }
    }

    /// Calls a host function that gives bytes; its status where it gives none.
    pub fn from(host_function: impl FnOnce(*mut *mut u8, *mut usize) -> i32) -> Result<Received, i32> {
        let mut given = Received { start: ptr::null_mut(), size: 0 };
        match host_function(&mut given.start, &mut given.size) {
            OK => Ok(given),
            status => Err(status),
        }
    }
}

impl Deref for Received {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // An empty value comes without memory.
        if self.start.is_null() { &[] } else { unsafe { slice::from_raw_parts(self.start, self.size) } }
    }
}

impl Drop for Received {
    fn drop(&mut self) {
        unsafe { free(self.start.cast()) }
    }
}
