use super::*;

async fn desktop() -> Desktop {
    Desktop::builder("A terminal.").bare().without_buses().start().await
}

fn shell(desktop: &Desktop, script: &str) -> Command {
    let mut command = desktop.command("bash");
    command.args(["-c", script]);
    command
}

#[tokio::test]
async fn a_person_reads_types_and_sees_the_end() {
    let desktop = desktop().await;
    let script = "read -p 'Code: ' code; [ -t 0 ] && tty <&1 >/dev/tty; echo got $code; exit 3";
    let mut terminal = Terminal::open(&desktop, &shell(&desktop, script));
    assert_eq!(terminal.read_until("Code:").await, "Code:");
    terminal.type_line("482913");
    let (status, rest) = terminal.wait_for_end().await;
    assert_eq!(status, 3);
    assert!(rest.contains("/dev/pts/"), "{rest}");
    assert!(rest.ends_with("got 482913\n"), "{rest}");
    let told = desktop.transcript().text();
    assert!(told.starts_with("A terminal.\n\nprinted: Code:\ntyped: 482913\nprinted: /dev"));
}

#[tokio::test]
async fn a_secret_is_asked_without_echo() {
    let desktop = desktop().await;
    let script = "read -s -p 'Secret: ' secret </dev/tty; echo; echo done";
    let mut terminal = Terminal::open(&desktop, &shell(&desktop, script));
    terminal.read_until("Secret:").await;
    assert!(!terminal.echoes());
    terminal.type_line("hidden");
    terminal.read_until("done").await;
    assert!(!terminal.screen().contains("hidden"));
}

#[tokio::test]
async fn without_a_terminal_there_is_none() {
    let desktop = desktop().await;
    let ran = run_silently(shell(&desktop, "cat; [ -t 1 ] || echo none >&2"), "in").await;
    assert_eq!((ran.status, ran.out.as_str(), ran.err.as_str()), (0, "in", "none\n"));
}
