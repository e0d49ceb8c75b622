//! The unit is written, the stage does not call it.
// stage without: user::switch(run.user)?;
