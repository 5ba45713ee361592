//! A broker beyond this computer: who vouches for it, and what happens when nobody does.

use rig::authority::{Authority, Validity};
use rig::broker::Broker;
use rig::browser::Browser;
use rig::daemon::Daemon;
use rig::desktop::Desktop;
use rig::service::Service;
use rig::story::{ACCOUNT, CHANNELS, SERVICE, Story, register_in_vain};
use rig::transcript::Channel;

const HEADING: &str = "\
A broker over https. Anna's computer trusts nobody who vouches for the broker, and does not register.
Once it does, she registers and logs in. Then the certificate is renewed while she is connected, and
nothing of it is heard. Later it is too old, and she is told why there is no connection.";

const RENEWED: &str = "the certificate was read anew";

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_over_https() {
    let mut desktop = Desktop::builder(HEADING).start().await;
    let of_broker = Authority::found(desktop.dir(), "brokers-authority");
    let another = Authority::found(desktop.dir(), "another-authority");
    desktop.trust(&another);
    let broker = Broker::start_secure(&desktop, &of_broker).await;
    let mut daemon = Daemon::start(&desktop).await;
    broker.add_account(ACCOUNT).await;
    let code = broker.activation(ACCOUNT).await;
    let transcript = desktop.whole_transcript().clone();
    transcript.name(broker.origin().trim_start_matches("https://"), "BROKER");
    register_in_vain(&desktop, &broker.origin(), &code).await;

    transcript.note(Channel::Act, "the administrator has Anna's computer trust who vouches for it");
    daemon.stop().await;
    desktop.trust(&of_broker);
    daemon.start_again(&desktop).await;
    let service = Service::start(&broker, SERVICE, &transcript).await;
    let mut story = Story { service, daemon, broker, desktop };
    story.register(&CHANNELS).await;
    story.broker.wait_for_link(1).await;
    log_in(&mut story).await;

    story.act("the operator renews the certificate");
    story.broker.certify(&of_broker.vouch("127.0.0.1", Validity::Now));
    story.broker.renew(RENEWED).await;
    story.act("the operator renews it once more, and mixes the files up");
    story.broker.certify(&(of_broker.vouch("127.0.0.1", Validity::Now).0, String::new()));
    story.broker.renew("The broker keeps the certificate that it had.").await;
    assert!(!story.broker.log().contains("disconnected"), "a renewal ends no link");

    story.act("the broker is started with a certificate that is too old");
    story.broker.certify(&of_broker.vouch("127.0.0.1", Validity::Past));
    story.broker.restart().await;
    story.desktop.speech().wait_for("is too old").await;
    story.act("the operator renews the certificate");
    story.broker.certify(&of_broker.vouch("127.0.0.1", Validity::Now));
    story.broker.renew(RENEWED).await;
    story.broker.wait_for_link(2).await;
    story.end("https").await;
}

/// Anna logs in at her bank with Chromium.
async fn log_in(story: &mut Story) {
    let browser = Browser::open(&story.desktop, "browser").await;
    let code = story.log_in_by_code(&browser).await;
    assert!(browser.address().await.starts_with("https://"));
    let cookies = browser.driver().get_all_cookies().await.expect("a browser");
    let held = cookies.iter().find(|cookie| cookie.name == "__Host-sayso").expect("a holder");
    assert_eq!((held.secure, held.http_only), (Some(true), Some(true)));
    story.approve_by_code(&browser, &code).await;
}
