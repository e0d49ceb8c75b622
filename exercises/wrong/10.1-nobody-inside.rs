//! Does as if everybody were root already, as an ordinary user's child is.
// stage without: user_namespace::become_root()?;
