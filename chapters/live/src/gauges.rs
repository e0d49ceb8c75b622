//! stub
#[derive(Clone, Copy, Debug, serde::Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Gauge {
    Memory,
    Cpu,
    Pids,
    Tree,
    Mounts,
    Interfaces,
    Refusals,
}
