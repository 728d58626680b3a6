//! Header maps.

use crate::abi::*;
use crate::call::{Answer, Call, status};
use crate::kept::{HeaderList, Kept, Name};
use crate::received::Received;
use crate::values::Owned;
use javy_plugin_api::javy::quickjs::qjs::*;

pub fn intern_name(call: &Call) -> Answer {
    let name = call.text(0)?.to_vec();
    Ok(unsafe { Name(name).keep(call.context) })
}

pub fn intern_headers(call: &Call) -> Answer {
    let headers = call.headers(0)?;
    Ok(unsafe { HeaderList(headers).keep(call.context) })
}

fn value_of(map: i32, name: &[u8]) -> Result<Received, i32> {
    Received::from(|value, size| unsafe { proxy_get_header_map_value(map, name.as_ptr(), name.len(), value, size) })
}

pub fn has_header(call: &Call) -> Answer {
    let (map, name) = (call.integer(0)?, call.kept::<Name>(1)?);
    status(value_of(map, &name.0).err().unwrap_or(OK))
}

pub fn get_header(call: &Call) -> Answer {
    let (map, name) = (call.integer(0)?, call.kept::<Name>(1)?);
    call.result(value_of(map, &name.0).map(|value| call.new_text(&value)))
}

pub fn get_headers(call: &Call) -> Answer {
    let map = call.integer(0)?;
    match Received::from(|pairs, size| unsafe { proxy_get_header_map_pairs(map, pairs, size) }) {
        Ok(pairs) => {
            let lines = Owned::new(call.context, unsafe { JS_NewArray(call.context) })?;
            for (index, (name, value)) in read_pairs(&pairs).into_iter().enumerate() {
                let line = Owned::new(call.context, unsafe { JS_NewArray(call.context) })?;
                unsafe {
                    JS_SetPropertyUint32(call.context, line.value, 0, call.new_text(name));
                    JS_SetPropertyUint32(call.context, line.value, 1, call.new_text(value));
                    JS_SetPropertyUint32(call.context, lines.value, index as u32, line.take());
                }
            }
            call.result(Ok(lines.take()))
        }
        Err(status) => call.result(Err(status)),
    }
}

pub fn add_headers(call: &Call) -> Answer {
    let (map, headers) = (call.integer(0)?, call.kept::<HeaderList>(1)?);
    let mut first_failure = OK;
    for (name, value) in &headers.0 {
        let status = unsafe { proxy_add_header_map_value(map, name.as_ptr(), name.len(), value.as_ptr(), value.len()) };
        if first_failure == OK {
            first_failure = status;
        }
    }
    status(first_failure)
}

pub fn add_header(call: &Call) -> Answer {
    let (map, name, value) = (call.integer(0)?, &call.kept::<Name>(1)?.0, call.text(2)?);
    status(unsafe { proxy_add_header_map_value(map, name.as_ptr(), name.len(), value.as_ptr(), value.len()) })
}

pub fn replace_header(call: &Call) -> Answer {
    let (map, name, value) = (call.integer(0)?, &call.kept::<Name>(1)?.0, call.text(2)?);
    status(unsafe { proxy_replace_header_map_value(map, name.as_ptr(), name.len(), value.as_ptr(), value.len()) })
}

pub fn remove_header(call: &Call) -> Answer {
    let (map, name) = (call.integer(0)?, &call.kept::<Name>(1)?.0);
    status(unsafe { proxy_remove_header_map_value(map, name.as_ptr(), name.len()) })
}

/// Reads a serialised map: the count, the sizes of each name and value, then the texts, each with a zero byte behind it.
fn read_pairs(bytes: &[u8]) -> Vec<(&[u8], &[u8])> {
    let number = |at: usize| {
        let bytes = bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).unwrap_or_default();
        u32::from_le_bytes(bytes) as usize
    };
    let count = number(0);
    let mut at = 4 + 8 * count;
    let mut text = |size: usize| {
        let text = bytes.get(at..at + size).unwrap_or_default();
        at += size + 1;
        text
    };
    (0..count).map(|pair| (text(number(4 + 8 * pair)), text(number(8 + 8 * pair)))).collect()
}

/// Writes what [`read_pairs`] reads.
pub fn write_pairs(pairs: &[(Vec<u8>, Vec<u8>)]) -> Vec<u8> {
    let size = |text: &[u8]| (text.len() as u32).to_le_bytes();
    let mut bytes = (pairs.len() as u32).to_le_bytes().to_vec();
    for (name, value) in pairs {
        bytes.extend(size(name));
        bytes.extend(size(value));
    }
    for text in pairs.iter().flat_map(|(name, value)| [name, value]) {
        bytes.extend(text);
        bytes.push(0);
    }
    bytes
}
