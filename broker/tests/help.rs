//! The help: the guide in the reader's language, and which language that is.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod parts;

use parts::begun::Begun;
use parts::{Browser, Running, Site, login};
use reqwest::Url;
use sayso_protocol::decision::Verdict;
use sayso_protocol::service::Asked;
use serde_json::json;

/// Follows redirects as a browser does, with the cookies it gets.
async fn follow(browser: &mut Browser, address: &str) -> (String, String) {
    let mut address = Url::parse(address).unwrap();
    loop {
        let page = browser.get(address.as_str()).await;
        let Some(location) = page.location else {
            assert_eq!(page.status, 200, "{address}");
            return (address.into(), page.text);
        };
        address = address.join(&location).unwrap();
    }
}

/// The targets of the links on a page.
fn links(page: &str) -> Vec<&str> {
    page.split("href=\"").skip(1).filter_map(|rest| rest.split_once('"')).map(|two| two.0).collect()
}

#[tokio::test]
async fn every_page_of_the_help_is_reached_from_the_first_in_both_languages() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    for (language, title) in
        [("da", "<title>Svar på login med Sayso:"), ("en", "<title>Answering logins with Sayso:")]
    {
        let mut browser = running.browser();
        browser.language = language;
        let (address, first) = follow(&mut browser, &format!("{}/help", running.origin)).await;
        assert!(address.ends_with(&format!("/help/{language}/index")), "{address}");
        assert!(first.contains(title), "{first}");
        let pages: Vec<&str> = links(&first).into_iter().filter(|to| !to.contains('/')).collect();
        assert_eq!(pages.len(), 8, "{pages:?}");
        for page in pages {
            let asked = format!("{}/help/{page}", running.origin);
            let (address, text) = follow(&mut browser, &asked).await;
            assert!(address.ends_with(&format!("/help/{language}/{page}")), "{address}");
            assert!(text.contains(&format!("<html lang=\"{language}\">")), "{text}");
            assert_eq!(text.matches("<h1>").count(), 1, "{page}");
            let there = Url::parse(&address).unwrap();
            for link in links(&text) {
                follow(&mut running.browser(), there.join(link).unwrap().as_str()).await;
            }
        }
    }
    running.stop().await;
}

#[tokio::test]
async fn a_page_of_the_help_that_is_not_there_says_so_and_links_the_help() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    for address in ["/help/fly", "/help/en/fly", "/help/kl/index"] {
        let page = running.browser().get(&format!("{}{address}", running.origin)).await;
        assert_eq!(page.status, 404);
        assert!(page.text.contains("<h1>No such page</h1>"), "{}", page.text);
        assert!(page.text.contains("<footer>"), "{}", page.text);
    }
    running.stop().await;
}

#[tokio::test]
async fn the_login_page_links_the_help_that_matches_each_step() {
    let Begun { running, anna, asked, mut browser, code, store: _store, .. } = Begun::login().await;
    let help = async |browser: &mut Browser| {
        let page = browser.get(&asked.login_url).await.text;
        let footer = page.split_once("<footer>").unwrap().1.to_owned();
        links(&footer)[0].to_owned()
    };
    assert_eq!(help(&mut browser).await, "/help/en/approve-with-a-code");
    let bound = anna.bind(&code, running.now()).await.unwrap();
    assert_eq!(help(&mut browser).await, "/help/en/approve-with-a-code");
    let denied = anna.decision(&bound.jws, &anna.link_key, Verdict::Deny, None, running.now());
    anna.decide(asked.id, &denied).await;
    assert_eq!(help(&mut browser).await, "/help/en/when-you-did-not-start-it");
    running.stop().await;
}

#[tokio::test]
async fn who_reads_neither_language_is_told_once_in_each() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let asked = running.service("Bank").await.ask("anna").await;
    let mut browser = running.browser();
    browser.language = "kl-GL, en;q=0.5";
    let first = browser.get(&asked.login_url).await.text;
    let (notice, content) = first.split_once("<main").unwrap();
    let danish = notice.find("<p lang=\"da\">Siden findes ikke på dit sprog.").expect("in Danish");
    let english = notice.find("<p lang=\"en\">This page is not available in your").expect("and");
    assert!(danish < english, "first in the language of the page");
    assert!(notice.contains("<a href=\"?lang=en\">Read it in English</a>"), "{notice}");
    assert!(content.contains("Log ind hos Bank"), "Greenlandic readers get Danish");
    let again = browser.get(&asked.login_url).await.text;
    assert!(!again.contains("findes ikke på dit sprog"), "told once");
    assert!(again.contains("Log ind hos Bank"), "and stays in that language");
    running.stop().await;
}

#[tokio::test]
async fn a_choice_of_language_is_kept_for_every_page() {
    let Site { running, service, store: _store, .. } = Site::start().await;
    let asked = service.ask("anna").await;
    let mut browser = running.browser();
    browser.code(&asked.login_url).await;
    let (address, page) = follow(&mut browser, &format!("{}?lang=da", asked.login_url)).await;
    assert_eq!(address, asked.login_url, "the address stays clean");
    assert!(page.contains("<html lang=\"da\">"), "{page}");
    let (_, help) = follow(&mut browser, &format!("{}/help", running.origin)).await;
    assert!(help.contains("<html lang=\"da\">"), "{help}");
    let mut english = login("anna");
    english["locale"] = json!("en");
    let asked: Asked = service.post("/v1/requests", &english).await.json().await.unwrap();
    let page = browser.get(&asked.login_url).await.text;
    assert!(page.contains("<html lang=\"da\">"), "the person's word goes before the service's");
    running.stop().await;
}
