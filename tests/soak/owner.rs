//! Anna, who logs in whatever others do meanwhile.

use std::time::Duration;

use rig::approver::{Approver, BoundRequest};
use rig::browser::PlainBrowser;
use rig::clock;
use rig::service::Service;
use rig::story::ACCOUNT;
use sayso_protocol::decision::Verdict;

/// So often she logs in, with others and without.
pub(crate) const RUNS: usize = 20;
/// So much longer a login may take.
pub(crate) const LONGER: Duration = Duration::from_secs(2);

/// Anna logs in, from the page to the service; how long it takes.
async fn log_in(service: &Service, approver: &Approver) -> Duration {
    let begun = clock::start();
    let mut browser = PlainBrowser::new("en");
    let page = browser.go(&service.login_address(ACCOUNT)).await;
    let login_url = page.address.clone();
    let code = page.code().expect("a code on the page");
    let binding = approver.link_key.sign(&approver.binding(&code));
    let (status, answer) = approver.bind(binding.as_str()).await;
    assert_eq!(status, 200, "{answer}");
    let bound = BoundRequest::read(&answer);
    let decision = approver.approver_key.sign(&approver.decision(&bound, Verdict::Approve));
    let (status, answer) = approver.decide(&bound, decision.as_str()).await;
    assert_eq!(status, 200, "{answer}");
    let page = browser.go(&format!("{login_url}/return")).await;
    assert!(page.text().contains("approve for anna"), "{}", page.text());
    begun.elapsed()
}

/// How long each of her logins takes, the shortest first.
pub(crate) async fn runs(service: &Service, approver: &Approver) -> Vec<Duration> {
    let mut took = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        took.push(log_in(service, approver).await);
    }
    took.sort();
    took
}
