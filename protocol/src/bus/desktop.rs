//! The session bus: no act, no code, no text of a request.
#![allow(missing_docs, reason = "zbus generates types for each signal, without docs")]

use super::Error;

/// The session bus: no act, no code, no text of a request.
#[zbus::proxy(
    interface = "org.sayso.Approver1",
    default_service = "org.sayso.Approver",
    default_path = "/org/sayso/Approver",
    gen_blocking = false
)]
pub trait Approver {
    /// How many requests wait.
    #[zbus(property)]
    fn waiting(&self) -> zbus::Result<u32>;
    /// Says the last thing again.
    fn repeat(&self) -> std::result::Result<(), Error>;
    /// Stops speaking.
    fn hush(&self) -> std::result::Result<(), Error>;
    /// How many wait, and how many accounts are connected.
    fn status(&self) -> std::result::Result<(u32, u32), Error>;
    /// A request came.
    #[zbus(signal)]
    fn added(&self, id: &str) -> zbus::Result<()>;
    /// A request's state changed.
    #[zbus(signal)]
    fn changed(&self, id: &str) -> zbus::Result<()>;
    /// A request ended.
    #[zbus(signal)]
    fn ended(&self, id: &str) -> zbus::Result<()>;
}
