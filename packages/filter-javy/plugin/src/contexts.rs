//! Which context serves what: root contexts (plugins) and the streams that they created.

use std::cell::Cell;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::rc::Rc;

use crate::single::Single;
use javy_plugin_api::javy::quickjs::qjs::JSValue;

/// What a plugin is configured with; undefined before it is. Streams hold on to it, so that they outlive their plugin.
pub type Plugin = Rc<Cell<JSValue>>;

pub enum Context {
    Root(Plugin),
    /// A stream that is served with its plugin's configuration.
    Stream(Plugin),
    /// A stream that is served with a value of its own.
    OwnStream(JSValue),
}

/// Ids are small numbers in a row: one multiplication spreads them.
#[derive(Default)]
pub struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _bytes: &[u8]) {
        unreachable!("only ids are hashed")
    }

    fn write_u32(&mut self, id: u32) {
        self.0 = u64::from(id).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

pub type Contexts = HashMap<u32, Context, BuildHasherDefault<Spread>>;

static CONTEXTS: Single<Contexts> = Single::new(HashMap::with_hasher(BuildHasherDefault::new()));

/// # Safety
/// Not to be held while the script runs.
pub unsafe fn contexts() -> &'static mut Contexts {
    unsafe { CONTEXTS.get() }
}
