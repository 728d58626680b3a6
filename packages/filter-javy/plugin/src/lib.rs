//! QuickJS with the Proxy-Wasm host calls: a Javy plugin that gives a script the guest API of `filter-js` and forwards the host's callbacks
//! to the filter that the script defines.

mod abi;
mod call;
mod callbacks;
mod console;
mod contexts;
mod dispatch;
mod exceptions;
mod filter;
mod headers;
mod host;
mod host_call;
mod kept;
mod metrics;
mod received;
mod single;
mod values;

use javy_plugin_api::javy::Runtime;
use javy_plugin_api::javy::quickjs::qjs::JS_GetRuntime;
use javy_plugin_api::{Config, import_namespace};
use kept::Kept;

import_namespace!("filter-javy-plugin");

/// What a script may take of the linear memory's stack. The engine runs on two stacks: this one, which it can measure, and the proxy's own,
/// which it can't, and whose end is a trap. Where QuickJS itself recurses (`JSON.parse`, `JSON.stringify`, `eval`), a level takes up to
/// twelve times as much of the other: this much here is always less than the 984 KiB that V8 gives there.
const SCRIPT_STACK_BYTES: usize = 64 * 1024;

/// Cycles are collected when this much is in use, then at half as much again. By default Javy never does.
const GARBAGE_BYTES: usize = 1024 * 1024;

fn config() -> Config {
    let mut config = Config::default();
    config
        .text_encoding(true)
        .max_stack_size(SCRIPT_STACK_BYTES)
        .gc_threshold(GARBAGE_BYTES)
        .log_stream(console::Console::new(abi::INFO))
        .err_stream(console::Console::new(abi::ERROR));
    // Promises settle before a callback returns.
    config.event_loop(true);
    config
}

fn install(runtime: Runtime) -> Runtime {
    let context = runtime.context().as_raw().as_ptr();
    unsafe {
        let raw = JS_GetRuntime(context);
        kept::Name::register(raw);
        kept::HeaderList::register(raw);
        exceptions::watch_rejections(raw);
        assert!(filter::install(context).is_ok());
    }
    runtime
}

/// Called once, when the plugin is built: what is committed has it behind it.
#[unsafe(export_name = "initialize-runtime")]
pub extern "C" fn initialize_runtime() {
    javy_plugin_api::initialize_runtime(config, install).expect("the engine starts");
}
