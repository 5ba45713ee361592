//! A login that has begun: how most tests begin.

use super::{Approver, Browser, Running, Service, Site};
use sayso_protocol::binding::Code;
use sayso_protocol::service::Asked;
use tempfile::TempDir;

/// Bank asks for a login of Anna's, and her browser shows the page with the code. The broker
/// lives as long as its store.
pub(crate) struct Begun {
    pub(crate) store: TempDir,
    pub(crate) running: Running,
    pub(crate) service: Service,
    pub(crate) anna: Approver,
    pub(crate) asked: Asked,
    pub(crate) browser: Browser,
    pub(crate) code: Code,
}

impl Begun {
    pub(crate) async fn login() -> Begun {
        let Site { store, running, service, anna } = Site::start().await;
        let asked = service.ask("anna").await;
        let mut browser = running.browser();
        let code = browser.code(&asked.login_url).await;
        Begun { store, running, service, anna, asked, browser, code }
    }
}
