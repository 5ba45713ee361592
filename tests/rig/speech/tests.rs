use super::*;

async fn client(socket: &Path, name: &str, priority: &str) -> UnixStream {
    let mut stream = UnixStream::connect(socket).await.unwrap();
    let hello = format!("SET self CLIENT_NAME rig:{name}:main\r\nSET self PRIORITY {priority}\r\n");
    stream.write_all(hello.as_bytes()).await.unwrap();
    stream
}

async fn say(stream: &mut UnixStream, text: &str) {
    stream.write_all(format!("SPEAK\r\n{text}\r\n.\r\n").as_bytes()).await.unwrap();
}

#[tokio::test]
async fn a_message_is_heard_with_its_client_its_priority_and_its_end() {
    let dir = tempfile::tempdir().unwrap();
    let speech = Speech::start(dir.path()).await;
    let mut other = client(&speech.socket(), "other", "text").await;
    let mut sayso = client(&speech.socket(), "sayso", "message").await;
    say(&mut other, "Good morning.").await;
    let heard = || speech.said_by("other").into_iter().find(|one| one.ending == Ending::Whole);
    wait_until("the other client", || speech.explain(), heard).await;
    let hostile = "Pay <b>100</b> & more| with priority 1\r\n..\r\nÆøå \u{1f600}";
    say(&mut sayso, hostile).await;
    let heard = speech.wait_for("Pay").await;
    assert_eq!(heard.client, "rig:sayso:main");
    assert_eq!(heard.priority, Priority::Message);
    assert_eq!(heard.ending, Ending::Whole);
    assert_eq!(
        heard.text.replace('\r', ""),
        "Pay <b>100</b> & more| with priority 1\n.\nÆøå \u{1f600}"
    );
    assert_eq!(speech.all()[0].priority, Priority::Text);
    assert_eq!(speech.all()[0].client, "rig:other:main");
}

#[tokio::test]
async fn a_key_in_the_screen_reader_cuts_text_but_waits_for_a_message() {
    let dir = tempfile::tempdir().unwrap();
    let speech = Speech::start(dir.path()).await;
    speech.take_per_message(Duration::from_secs(600));
    let mut sayso = client(&speech.socket(), "sayso", "text").await;
    say(&mut sayso, "The tail.").await;
    speech.wait_for_begin("The tail").await;
    let mut reader = ScreenReader::connect(&speech.socket()).await;
    let waited = reader.key("Next line").await;
    assert!(waited < Duration::from_secs(2), "{waited:?}");
    assert_eq!(speech.wait_for("The tail").await.ending, Ending::Cut);

    speech.take_per_message(Duration::from_millis(300));
    let mut sayso = client(&speech.socket(), "sayso", "message").await;
    reader.key("").await;
    say(&mut sayso, "The head.").await;
    speech.wait_for_begin("The head").await;
    let waited = reader.key("And on").await;
    assert!(waited > Duration::from_millis(100), "{waited:?}");
    assert_eq!(speech.wait_for("The head").await.ending, Ending::Whole);
}

#[tokio::test]
async fn a_dead_module_takes_messages_and_says_nothing_until_the_server_is_new() {
    let dir = tempfile::tempdir().unwrap();
    let mut speech = Speech::start(dir.path()).await;
    speech.kill_module();
    let mut sayso = client(&speech.socket(), "sayso", "message").await;
    say(&mut sayso, "Nobody hears this.").await;
    assert!(answers(&speech.socket()).await);
    speech.kill();
    assert!(!answers(&speech.socket()).await);
    speech.restart().await;
    let mut sayso = client(&speech.socket(), "sayso", "text").await;
    say(&mut sayso, "Again.").await;
    assert_eq!(speech.wait_for("Again").await.priority, Priority::Text);
    assert_eq!(speech.said().len(), 1);
}

#[tokio::test]
async fn a_hung_server_answers_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut speech = Speech::start(dir.path()).await;
    speech.hang();
    assert!(!answers(&speech.socket()).await);
    speech.go_on();
    assert!(answers(&speech.socket()).await);
}
