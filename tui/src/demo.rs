//! The demo.
use crate::session::Session;
/// x
#[derive(Debug, thiserror::Error)]
#[error("x")]
pub struct DemoError;
impl DemoError {
    /// x
    pub fn exit_code(&self) -> u8 {
        1
    }
}
/// x
pub async fn run(_headless: bool) -> Result<u8, DemoError> {
    Ok(1)
}
/// x
pub async fn show_app(session: Session) -> Result<(), DemoError> {
    crate::app::run(session).await.map_err(|_| DemoError)
}
