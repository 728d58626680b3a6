//! Counters, gauges and histograms.

use crate::abi::*;
use crate::call::{Answer, Call, status};
use javy_plugin_api::javy::quickjs::qjs::*;

pub fn define_metric(call: &Call) -> Answer {
    let (kind, name) = (call.integer(0)?, call.text(1)?);
    let mut metric = 0;
    let status = unsafe { proxy_define_metric(kind, name.as_ptr(), name.len(), &mut metric) };
    call.result(if status == OK { Ok(JS_NewFloat64(metric.into())) } else { Err(status) })
}

pub fn increment_metric(call: &Call) -> Answer {
    let (metric, by) = (call.long(0)? as u32, call.long(1)?);
    status(unsafe { proxy_increment_metric(metric, by) })
}

pub fn record_metric(call: &Call) -> Answer {
    let (metric, value) = (call.long(0)? as u32, call.long(1)?);
    status(unsafe { proxy_record_metric(metric, value as u64) })
}

pub fn get_metric(call: &Call) -> Answer {
    let metric = call.long(0)? as u32;
    let mut value = 0;
    let status = unsafe { proxy_get_metric(metric, &mut value) };
    call.result(if status == OK { Ok(JS_NewFloat64(value as f64)) } else { Err(status) })
}
