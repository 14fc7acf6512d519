//! A process held to a share of one core, as Lambda holds a function by its memory.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle, sleep};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::failure::{OrFail, Outcome};

/// Lambda shares out a core in periods of this length.
const PERIOD: Duration = Duration::from_millis(20);

/// Holds a process back while it lives.
pub enum Throttle {
    /// By a control group of the kernel, the very means of Lambda.
    Group(PathBuf),
    /// By stopping and continuing it, where no group may be made. Waiting counts as work then, so times come out
    /// somewhat longer.
    Signals {
        /// Whether it is to end.
        done: Arc<AtomicBool>,
        /// The one that stops and continues; gone once it has ended.
        beat: Option<JoinHandle<()>>,
    },
}

impl Throttle {
    /// Leaves the process `pid` only `share` of a core, 0.145 for instance.
    ///
    /// # Errors
    /// When the number is no process's.
    pub fn hold(pid: u32, share: f64) -> Outcome<Self> {
        let quota = PERIOD.mul_f64(share);
        if let Some(group) = Self::group(pid, quota) {
            return Ok(Self::Group(group));
        }
        let pid = i32::try_from(pid).or_fail("Cannot throttle a process", "report this as a defect")?;
        let done = Arc::new(AtomicBool::new(false));
        let watched = Arc::clone(&done);
        let beat = thread::spawn(move || {
            let pid = Pid::from_raw(pid);
            while !watched.load(Ordering::Relaxed) {
                sleep(quota);
                let stopped = kill(pid, Signal::SIGSTOP);
                sleep(PERIOD.saturating_sub(quota));
                // The process is gone: its time is measured.
                if stopped.and_then(|()| kill(pid, Signal::SIGCONT)).is_err() {
                    return;
                }
            }
        });
        Ok(Self::Signals { done, beat: Some(beat) })
    }

    /// By what it is done, for the report.
    pub fn means(&self) -> &'static str {
        match self {
            Self::Group(_) => "a control group",
            Self::Signals { .. } => "stopping and continuing",
        }
    }

    /// Puts the process into a control group of its own, of either version; `None` where that is not allowed.
    fn group(pid: u32, quota: Duration) -> Option<PathBuf> {
        let (quota, period) = (quota.as_micros(), PERIOD.as_micros());
        let first = Path::new("/sys/fs/cgroup/cpu").join(format!("tiffin-{pid}"));
        let second = Path::new("/sys/fs/cgroup").join(format!("tiffin-{pid}"));
        let limits = [
            (
                first,
                vec![
                    ("cpu.cfs_period_us", format!("{period}")),
                    ("cpu.cfs_quota_us", format!("{quota}")),
                ],
            ),
            (second, vec![("cpu.max", format!("{quota} {period}"))]),
        ];
        limits.into_iter().find_map(|(group, limits)| {
            fs::create_dir(&group).ok()?;
            let set = limits.iter().try_for_each(|(name, value)| {
                // Where this is no control group, the file is missing and must not be made.
                let file = group.join(name);
                if file.exists() {
                    fs::write(file, value)
                } else {
                    Err(std::io::ErrorKind::NotFound.into())
                }
            });
            if set
                .and_then(|()| fs::write(group.join("cgroup.procs"), pid.to_string()))
                .is_ok()
            {
                return Some(group);
            }
            // It holds nothing; what stays is an empty folder.
            drop(fs::remove_dir(&group));
            None
        })
    }
}

impl Drop for Throttle {
    fn drop(&mut self) {
        match self {
            Self::Group(group) => {
                // The group can go once its process is gone; the kernel takes a moment to notice.
                for _ in 0..50 {
                    if fs::remove_dir(&*group).is_ok() {
                        return;
                    }
                    sleep(Duration::from_millis(2));
                }
            }
            Self::Signals { done, beat } => {
                done.store(true, Ordering::Relaxed);
                if let Some(beat) = beat.take() {
                    // It cannot panic, and there is nothing to do about it if it did.
                    drop(beat.join());
                }
            }
        }
    }
}
