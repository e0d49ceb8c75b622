//! stub
pub struct Container {
    pub init: i32,
}
pub fn below(_pid: i32) -> Option<Container> {
    None
}
