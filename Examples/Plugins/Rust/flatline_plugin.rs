//! The structures of flatline_plugin.h for Rust. Copy this file; it needs no crate, and Rust 1.63 or later.
#![allow(dead_code)]
use std::mem::size_of;
use std::os::raw::{c_char, c_void};
use std::ptr::null;

pub const ABI: u32 = 1;
pub const NEVER: u64 = u64::MAX;

/// A text of C that lives as long as the process.
#[macro_export]
macro_rules! c {
    ($text:expr) => {
        concat!($text, "\0").as_ptr() as *const std::os::raw::c_char
    };
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Value {
    pub integer: i64,
    pub number: f64,
}

impl Value {
    pub const fn integer(integer: i64) -> Value {
        Value { integer, number: 0.0 }
    }
}

#[repr(C)]
pub struct Setting {
    pub key: *const c_char,
    pub summary: *const c_char,
    pub choices: *const c_char,
    pub kind: i32,
    pub reserved: i32,
    pub standard: Value,
    pub least: Value,
    pub most: Value,
}
unsafe impl Sync for Setting {}

impl Setting {
    const fn whole(key: *const c_char, kind: i32, value: i64, least: i64, most: i64, summary: *const c_char) -> Setting {
        let (standard, least, most) = (Value::integer(value), Value::integer(least), Value::integer(most));
        Setting { key, summary, choices: null(), kind, reserved: 0, standard, least, most }
    }
    /// Nanoseconds.
    pub const fn duration(key: *const c_char, value: i64, least: i64, most: i64, summary: *const c_char) -> Setting {
        Setting::whole(key, 1, value, least, most, summary)
    }
    pub const fn integer(key: *const c_char, value: i64, least: i64, most: i64, summary: *const c_char) -> Setting {
        Setting::whole(key, 2, value, least, most, summary)
    }
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct HeldOption {
    pub level: i32,
    pub name: i32,
    pub value: i32,
    pub condition: i32,
    pub with_level: i32,
    pub with_name: i32,
    pub is_required: i32,
    pub reserved: i32,
}

#[repr(C)]
pub struct Needs {
    pub size: u32,
    pub readings: u32,
    pub readiness: u32,
    pub others: u32,
    pub period_ns: u64,
    pub first_look_ns: i64,
    pub leeway_ns: u64,
    pub option_count: u32,
    pub reserved: u32,
    pub options: [HeldOption; 8],
    pub refusal: [u8; 128],
}

#[repr(C)]
pub struct TcpInfo {
    pub size: u32,
    pub state: u8,
    pub retransmits: u8,
    pub probes: u8,
    pub backoff: u8,
    pub rto: u32,
    pub unacked: u32,
    pub last_data_sent: u32,
    pub last_data_recv: u32,
    pub last_ack_recv: u32,
    pub rtt: u32,
    pub rttvar: u32,
    pub min_rtt: u32,
    pub segs_out: u32,
    pub segs_in: u32,
    pub data_segs_out: u32,
    pub data_segs_in: u32,
    pub notsent_bytes: u32,
    pub rcv_ooopack: u32,
    pub bytes_acked: u64,
    pub bytes_received: u64,
    pub bytes_sent: u64,
    pub bytes_retrans: u64,
    pub snd_wnd: i64,
}

#[repr(C)]
pub struct SocketOption {
    pub level: i32,
    pub name: i32,
    pub value: i32,
}

pub const OPEN: i32 = 0;
pub const PEER_FINISHED: i32 = 1;
pub const ENDED: i32 = 2;

#[repr(C)]
pub struct Look {
    pub size: u32,
    pub is_due: i32,
    pub now_ns: u64,
    pub stall_ns: u64,
    pub received: i64,
    pub readiness: u32,
    pub is_challenged: i32,
    pub ping_outcome: i32,
    pub can_ping: i32,
    pub descriptor: i32,
    pub end: i32,
    pub end_cause: [u8; 32],
    pub unread: i64,
    pub tcp_info: *const TcpInfo,
    pub options: *const SocketOption,
    pub changed: *const SocketOption,
    pub option_count: u32,
    pub changed_count: u32,
    pub context: *mut c_void,
}

pub const UNCHANGED: i32 = 0;
pub const ABSTAINS: i32 = 1;
pub const LEANS_ALIVE: i32 = 2;
pub const LEANS_SUSPICIOUS: i32 = 3;
pub const LEANS_DEAD: i32 = 4;
pub const SHOWS_END: i32 = 5;

pub const LAYER_CONNECTION: i32 = 0;
pub const LAYER_PROCESS: i32 = 1;
pub const LAYER_HOST: i32 = 2;
pub const LAYER_PATH: i32 = 3;
pub const LAYER_LINK: i32 = 4;

#[repr(C)]
pub struct Fact {
    pub name: [u8; 24],
    pub kind: i32,
    pub reserved: i32,
    pub value: Value,
    pub text: [u8; 32],
}

#[repr(C)]
pub struct Action {
    pub kind: i32,
    pub level: i32,
    pub name: i32,
    pub value: i32,
}

#[repr(C)]
pub struct Opinion {
    pub size: u32,
    pub leaning: i32,
    pub layer: i32,
    pub is_conclusive: i32,
    pub is_half_close: i32,
    pub readiness: u32,
    pub rests_on_reading: i32,
    pub fact_count: u32,
    pub cause: [u8; 32],
    pub time_ns: u64,
    pub lifetime_ns: u64,
    pub next_ns: u64,
    pub action_count: u32,
    pub yields: i32,
    pub actions: [Action; 8],
    pub facts: [Fact; 8],
}

impl Opinion {
    /// Leans to suspicious or dead.
    pub fn accuse(&mut self, leaning: i32, layer: i32, cause: &str) {
        self.leaning = leaning;
        self.layer = layer;
        put(&mut self.cause, cause);
    }
    /// Adds a count; the ninth is left out.
    pub fn add_count(&mut self, name: &str, count: i64) {
        if let Some(fact) = self.facts.get_mut(self.fact_count as usize) {
            put(&mut fact.name, name);
            fact.value.integer = count;
            self.fact_count += 1;
        }
    }
}

/// Puts a text with its NUL into an array; what has no room is left out.
fn put(array: &mut [u8], text: &str) {
    let count = text.len().min(array.len() - 1);
    array[..count].copy_from_slice(&text.as_bytes()[..count]);
    array[count] = 0;
}

#[repr(C)]
pub struct Detector {
    pub size: u32,
    pub state_size: u32,
    pub name: *const c_char,
    pub settings: *const Setting,
    pub setting_count: u32,
    pub setting_size: u32,
    pub context: *mut c_void,
    pub needs: Option<extern "C" fn(*const Value, *mut Needs)>,
    pub begin: Option<extern "C" fn(*const Look, *const Value, *mut c_void) -> i32>,
    pub examine: Option<extern "C" fn(*const Look, *const Value, *mut c_void, *mut Opinion)>,
}
unsafe impl Sync for Detector {}

#[repr(C)]
pub struct Plugin {
    pub size: u32,
    pub abi: u32,
    pub detector_count: u32,
    pub heartbeat_count: u32,
    pub detectors: *const &'static Detector,
    pub heartbeats: *const c_void,
}
unsafe impl Sync for Plugin {}

impl Plugin {
    /// A file of detectors.
    pub const fn of(detectors: &'static [&'static Detector]) -> Plugin {
        Plugin {
            size: size_of::<Plugin>() as u32,
            abi: ABI,
            detector_count: detectors.len() as u32,
            heartbeat_count: 0,
            detectors: detectors.as_ptr(),
            heartbeats: null(),
        }
    }
}

// The sizes that flatline_plugin.h has.
const _: () = assert!(size_of::<Setting>() == 80);
const _: () = assert!(size_of::<Needs>() == 432);
const _: () = assert!(size_of::<TcpInfo>() == 104);
const _: () = assert!(size_of::<Look>() == 136);
const _: () = assert!(size_of::<Opinion>() == 864);
const _: () = assert!(size_of::<Detector>() == 64);
const _: () = assert!(size_of::<Plugin>() == 32);
