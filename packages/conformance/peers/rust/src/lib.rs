//! The example `ext-authz-async` of filter-js, with the Rust SDK.
use std::rc::Rc;
use std::time::Duration;

use proxy_wasm::hostcalls;
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{Action, ContextType, LogLevel, MetricType};

proxy_wasm::main! {{
    proxy_wasm::set_log_level(LogLevel::Info);
    proxy_wasm::set_root_context(|_| Box::new(Root { plugin: None }));
}}

struct Plugin {
    cluster: String,
    timeout: Duration,
    open: Option<String>,
    denied: u32,
    failed: u32,
}

impl Plugin {
    /// `CLUSTER [MILLISECONDS [PREFIX]]`
    fn read(text: &str) -> Option<Plugin> {
        let mut words = text.split(' ');
        let cluster = words.next().filter(|name| !name.is_empty())?;
        let timeout = words.next().map_or(Some(1000), |word| word.parse().ok())?;
        Some(Plugin {
            cluster: cluster.to_string(),
            timeout: Duration::from_millis(timeout),
            open: words.next().map(str::to_string),
            denied: hostcalls::define_metric(MetricType::Counter, "ext_authz_denied").ok()?,
            failed: hostcalls::define_metric(MetricType::Counter, "ext_authz_failed").ok()?,
        })
    }
}

struct Root {
    plugin: Option<Rc<Plugin>>,
}

impl Context for Root {}

impl RootContext for Root {
    fn on_configure(&mut self, _size: usize) -> bool {
        let bytes = self.get_plugin_configuration().unwrap_or_default();
        match std::str::from_utf8(&bytes).ok().and_then(Plugin::read) {
            Some(plugin) => {
                self.plugin = Some(Rc::new(plugin));
                true
            }
            None => {
                log::error!("ext-authz: configuration refused: expected the name of a cluster");
                false
            }
        }
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }

    fn create_http_context(&self, _id: u32) -> Option<Box<dyn HttpContext>> {
        let plugin = self.plugin.clone()?;
        Some(Box::new(Stream { plugin }))
    }
}

struct Stream {
    plugin: Rc<Plugin>,
}

impl Stream {
    fn fail(&self) {
        let _ = hostcalls::increment_metric(self.plugin.failed, 1);
        self.send_http_response(503, vec![], None);
    }
}

impl HttpContext for Stream {
    fn on_http_request_headers(&mut self, _count: usize, _end: bool) -> Action {
        let path = self.get_http_request_header(":path").unwrap_or_else(|| "/".to_string());
        if self.plugin.open.as_ref().is_some_and(|open| path.starts_with(open)) {
            return Action::Continue;
        }
        let token = self.get_http_request_header("authorization");
        let mut headers = vec![
            (":method", "GET"),
            (":path", path.as_str()),
            (":authority", self.plugin.cluster.as_str()),
        ];
        headers.extend(token.as_ref().map(|token| ("authorization", token.as_str())));
        if let Err(status) =
            self.dispatch_http_call(&self.plugin.cluster, headers, None, vec![], self.plugin.timeout)
        {
            log::error!("ext-authz: {}: {}", self.plugin.cluster, name_of(status));
            self.fail();
        }
        Action::Pause
    }
}

impl Context for Stream {
    fn on_http_call_response(&mut self, _token: u32, headers: usize, _size: usize, _trailers: usize) {
        let status = match headers {
            0 => None,
            _ => self.get_http_call_response_header(":status"),
        };
        match status.and_then(|text| text.parse().ok()).unwrap_or(0) {
            200 => {
                // The client's own header must not be trusted.
                let user = self.get_http_call_response_header("x-user").unwrap_or_default();
                self.set_http_request_header("x-user", Some(&user));
                self.resume_http_request();
            }
            code @ 200..=499 => {
                let _ = hostcalls::increment_metric(self.plugin.denied, 1);
                self.send_http_response(code, vec![], None);
            }
            _ => self.fail(),
        }
    }
}

/// As the specification writes it.
fn name_of(status: proxy_wasm::types::Status) -> &'static str {
    match status {
        proxy_wasm::types::Status::BadArgument => "BAD_ARGUMENT",
        _ => "INTERNAL_FAILURE",
    }
}
