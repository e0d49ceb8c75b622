//! Asks after it has waited: who dies in between is not noticed.
// stage without: process::die_with_parent()?;
// stage after: parent.expect(&Message::Proceed)?;
    process::die_with_parent()?;
