//! State of a module, which has one thread.

use std::cell::UnsafeCell;

pub struct Single<T>(UnsafeCell<T>);

unsafe impl<T> Sync for Single<T> {}

impl<T> Single<T> {
    pub const fn new(value: T) -> Self {
        Self(UnsafeCell::new(value))
    }

    /// # Safety
    /// No other reference may be in use: drop it before calling into JavaScript.
    #[allow(clippy::mut_from_ref)]
    pub unsafe fn get(&self) -> &mut T {
        unsafe { &mut *self.0.get() }
    }
}
