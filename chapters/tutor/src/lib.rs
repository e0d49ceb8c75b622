//! What students and instructors live in: the exercises as data, their verdicts, hints, reports.
//!
//! | word | meaning | file |
//! |---|---|---|
//! | [`Exercise`] | what is to be written, what shows that it is done, hints, points | `course.rs` |
//! | stub, solution | both are made from the chapters' own units | `sources.rs` |
//! | [`Outcome`] | solved, not written yet, wrong, or could not run here | `judge.rs` |
//! | [`Misconception`] | a mistake that people really make, and how it shows | `misconceptions.rs` |
//! | message | what is said to students, in their language | `language.rs`, `po` |
//! | summary | what a student sees after a run | `summary.rs` |

pub mod commands;
mod course;
mod desk;
pub mod grade;
pub mod harness;
mod judge;
pub mod language;
mod misconceptions;
pub mod report;
pub mod sources;
mod summary;
pub mod text;

pub use course::{EXERCISES, Exercise, Kind, Part, find};
pub use desk::{Desk, Kept};
pub use judge::{Evidence, Outcome, Student, judge};
pub use misconceptions::{MISCONCEPTIONS, Misconception};
pub use sources::CHAPTER;
