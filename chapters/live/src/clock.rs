//! The time of a demo: the real one, or one that skips what nobody has to wait for.

use std::{
    cell::Cell,
    rc::Rc,
    time::{Duration, Instant},
};

/// How much time has passed in the demo. Copies of a clock go together.
///
/// **The trick**: while a demo is recorded, nobody sits through its pauses. They are added to the time without being
/// waited for, and what is recorded says that they have passed.
#[derive(Clone, Debug)]
pub struct Clock {
    began: Instant,
    skipped: Rc<Cell<Duration>>,
    skips: bool,
}

impl Clock {
    /// Everybody's time.
    pub fn real() -> Clock {
        Clock { began: Instant::now(), skipped: Rc::default(), skips: false }
    }

    /// The time of a recording.
    pub fn skipping() -> Clock {
        Clock { skips: true, ..Clock::real() }
    }

    /// How much has passed since it was made.
    pub fn now(&self) -> Duration {
        self.began.elapsed() + self.skipped.get()
    }

    /// Whether a pause that began at `since` is over. A clock that skips makes it so.
    pub fn is_over(&self, since: Duration, pause: Duration) -> bool {
        let left = (since + pause).saturating_sub(self.now());
        if self.skips {
            self.skipped.set(self.skipped.get() + left);
        }
        self.skips || left.is_zero()
    }

    /// Whether pauses are skipped.
    pub fn skips(&self) -> bool {
        self.skips
    }
}

impl Default for Clock {
    fn default() -> Clock {
        Clock::real()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn a_pause_is_skipped_once() {
        let (clock, began) = (Clock::skipping(), Instant::now());
        let copy = clock.clone();
        let since = clock.now();
        assert!(clock.is_over(since, HOUR) && clock.is_over(since, HOUR));
        assert!(began.elapsed() < HOUR);
        assert!(copy.now() >= HOUR && copy.now() < 2 * HOUR);
    }

    #[test]
    fn real_pauses_are_waited_for() {
        let clock = Clock::real();
        assert!(!clock.is_over(clock.now(), HOUR));
        assert!(clock.is_over(clock.now(), Duration::ZERO));
    }
}
