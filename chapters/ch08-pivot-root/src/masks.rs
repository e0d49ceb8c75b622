//! Masks: files of `/proc` and `/sys` that speak of the whole machine, covered or made read-only.

use sys::Result;

/// Cover the masked paths, and make the read-only paths read-only: those of the OCI's engines.
pub fn cover() -> Result<()> {
    Ok(())
}
