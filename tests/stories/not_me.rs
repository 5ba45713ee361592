//! Somebody else began the login: the person reports it from the notice, without a code.

use rig::cli;
use rig::desktop::Desktop;
use rig::service::Returned;
use rig::story::Story;

const HEADING: &str = "\
A login that is not Anna's. Sayso tells her that her bank asks her to log in. She has not begun
it, so she reports it, without any code. Nobody is logged in, and the bank learns of it.";

#[tokio::test(flavor = "multi_thread")]
async fn not_me() {
    let mut story = Story::begin(Desktop::builder(HEADING)).await;
    let mut login = story.log_in("CODE-1").await;

    let ran = cli::run(&story.desktop, &["report"]).await;
    assert_eq!(ran.status, 1, "{}{}", ran.out, ran.err);

    login.go_on("Denied", story.transcript()).await;
    let returned = story.service.wait_for_return().await;
    assert!(matches!(returned, Returned::Refused(_)), "{returned:?}");
    let asked = story.service.last().unwrap();
    let (_, answer) = story.service.call("GET", &format!("/v1/requests/{}", asked.id), None).await;
    let outcome = story.service.verify(answer["outcome"].as_str().unwrap()).await.unwrap();
    assert_eq!(outcome["verdict"], "report");
    story.desktop.speech().wait_for("Denied and reported.").await;
    story.end("not-me").await;
}
