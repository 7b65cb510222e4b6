//! Suspicious, then dead, after so many retransmission time-outs in a row.
mod flatline_plugin;
use flatline_plugin::*;
use std::{mem::size_of, os::raw::c_void, ptr::null_mut};

static SETTINGS: [Setting; 3] = [
    Setting::integer(c!("suspectAfter"), 2, 1, 15, c!("Time-outs in a row that are suspicious.")),
    Setting::integer(c!("deadAfter"), 4, 1, 15, c!("Time-outs in a row that are a death.")),
    Setting::duration(c!("period"), 50_000_000, 10_000_000, 60_000_000_000, c!("Time between two looks.")),
];

extern "C" fn needs(settings: *const Value, needs: *mut Needs) {
    unsafe { (*needs).period_ns = (*settings.add(2)).integer as u64 }
}

extern "C" fn examine(look: *const Look, settings: *const Value, state: *mut c_void, opinion: *mut Opinion) {
    let (look, standing, opinion) = unsafe { (&*look, &mut *(state as *mut i32), &mut *opinion) };
    let settings = unsafe { std::slice::from_raw_parts(settings, SETTINGS.len()) };
    let info = match unsafe { look.tcp_info.as_ref() } {
        Some(info) => info,
        None => return,
    };
    if look.end != OPEN {
        opinion.leaning = SHOWS_END;
        return;
    }
    let attempts = i64::from(info.retransmits);
    let leaning = match attempts {
        count if count >= settings[1].integer => LEANS_DEAD,
        count if count >= settings[0].integer => LEANS_SUSPICIOUS,
        _ => ABSTAINS,
    };
    // A new state is 0: nothing was said yet.
    if leaning == (*standing).max(ABSTAINS) {
        return;
    }
    *standing = leaning;
    opinion.leaning = leaning;
    if leaning != ABSTAINS {
        opinion.accuse(leaning, LAYER_PATH, "pathSilent");
        opinion.rests_on_reading = 1;
        opinion.add_count("attempts", attempts);
    }
}

static DETECTOR: Detector = Detector {
    size: size_of::<Detector>() as u32, state_size: size_of::<i32>() as u32, name: c!("retransmitting"),
    settings: SETTINGS.as_ptr(), setting_count: 3, setting_size: size_of::<Setting>() as u32,
    context: null_mut(), needs: Some(needs), begin: None, examine: Some(examine),
};
static PLUGIN: Plugin = Plugin::of(&[&DETECTOR]);

#[no_mangle]
pub extern "C" fn flatline_plugin_entry(abi: u32) -> Option<&'static Plugin> {
    (abi == ABI).then(|| &PLUGIN)
}
