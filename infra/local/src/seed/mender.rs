//! What looking after the city needs everywhere: the platform, its owner's means, and a list of what was mended.

use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::failure::{Failure, Outcome};
use crate::outputs::Outputs;

use super::admin::Admin;

/// How many people are looked after at once: two cores serve no more.
const AT_ONCE: usize = 8;

/// Who looks after the city.
pub struct Mender<'a> {
    /// The platform.
    pub outputs: &'a Outputs,
    /// The means of its owner.
    pub admin: Admin<'a>,
    mended: Mutex<Vec<String>>,
}

impl<'a> Mender<'a> {
    /// Nothing is mended yet.
    pub fn new(outputs: &'a Outputs) -> Self {
        Self {
            outputs,
            admin: Admin::new(outputs),
            mended: Mutex::new(Vec::new()),
        }
    }

    /// Notes what was mended: `Kees Visser: reinstated`.
    pub fn mended(&self, whose: &str, what: &str) {
        let mut mended = self.mended.lock().unwrap_or_else(PoisonError::into_inner);
        mended.push(format!("{whose}: {what}"));
    }

    /// All that was mended, in the order in which it was.
    pub fn into_mended(self) -> Vec<String> {
        self.mended.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Does the same for each of many, some at once; the results in the order of the many.
///
/// # Errors
/// The first failure.
pub fn for_each<T: Sync, R: Send>(many: &[T], work: impl Fn(&T) -> Outcome<R> + Sync) -> Outcome<Vec<R>> {
    let mut results = Vec::with_capacity(many.len());
    for some in many.chunks(AT_ONCE) {
        let done: Outcome<Vec<R>> = thread::scope(|scope| {
            let running: Vec<_> = some.iter().map(|one| scope.spawn(|| work(one))).collect();
            running.into_iter().map(|one| join(one.join())).collect()
        });
        results.extend(done?);
    }
    Ok(results)
}

/// Passes on what a thread returned.
///
/// # Errors
/// Its failure, or that it panicked.
pub fn join<T>(result: thread::Result<Outcome<T>>) -> Outcome<T> {
    result.unwrap_or_else(|_| {
        let why = "a thread panicked";
        Err(Failure::new(
            "Looking after the city broke off",
            why,
            "report this as a defect",
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_many_and_one_failure_fails_all() {
        let many: Vec<usize> = (0..20).collect();
        assert_eq!(for_each(&many, |one| Ok(one * 2)).unwrap()[19], 38);
        let failed = for_each(&many, |one| {
            if *one == 13 {
                Err(Failure::new("No", "unlucky", ""))
            } else {
                Ok(())
            }
        });
        assert!(failed.is_err());
    }
}
