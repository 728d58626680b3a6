//! Where the output of the script's console and the engine's own messages go.

use crate::abi::log;
use std::io::{Result, Write};

/// Logs each line that is written.
pub struct Console {
    level: i32,
    line: Vec<u8>,
}

impl Console {
    pub fn new(level: i32) -> Box<Console> {
        Box::new(Console { level, line: Vec::new() })
    }
}

impl Write for Console {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        for &byte in bytes {
            if byte == b'\n' {
                log(self.level, &self.line);
                self.line.clear();
            } else {
                self.line.push(byte);
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}
