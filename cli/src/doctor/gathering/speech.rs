//! Speech Dispatcher, asked over a connection of its own (SSIP). Nothing is said.

use std::path::PathBuf;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::time::timeout;

use super::super::LIMIT;
use super::super::facts::Speech;
use super::installed;

/// espeak-ng alone lists over 13,000 voices; no line is longer than this.
const MOST_LINES: usize = 20_000;

pub(super) async fn speech() -> Speech {
    let Some(path) = address() else { return Speech::NotRunning };
    let stream = match UnixStream::connect(path).await {
        Ok(stream) => stream,
        Err(_) if installed("speech-dispatcher").is_none() => return Speech::NotInstalled,
        Err(_) => return Speech::NotRunning,
    };
    timeout(LIMIT, ask(stream)).await.ok().flatten().unwrap_or(Speech::Silent)
}

/// Where it listens: as every program finds it.
fn address() -> Option<PathBuf> {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    if let Some(named) = set("SPEECHD_ADDRESS").filter(|address| address != "unix_socket") {
        return named.strip_prefix("unix_socket:").map(PathBuf::from);
    }
    set("XDG_RUNTIME_DIR").map(|dir| PathBuf::from(dir).join("speech-dispatcher/speechd.sock"))
}

/// Nothing where it says something that is no answer.
async fn ask(stream: UnixStream) -> Option<Speech> {
    let mut stream = BufReader::new(stream);
    answer(&mut stream, "SET SELF CLIENT_NAME user:sayso:doctor").await?.ok()?;
    let Ok(module) = answer(&mut stream, "GET OUTPUT_MODULE").await? else {
        return Some(Speech::NoModule);
    };
    if module.iter().any(|name| name.trim() == "dummy") {
        return Some(Speech::Dummy);
    }
    // It answers for a module that is dead; only the module knows its voices.
    let Ok(voices) = answer(&mut stream, "LIST SYNTHESIS_VOICES").await? else {
        return Some(Speech::NoModule);
    };
    let mut parts = voices.iter().map(|line| line.split('\t').map(str::trim));
    let (names, languages) = parts
        .by_ref()
        .filter_map(|mut part| Some((part.next()?, part.next()?)))
        .unzip::<_, _, Vec<_>, Vec<_>>();
    let owned = |list: Vec<&str>| list.into_iter().map(str::to_owned).collect();
    Some(Speech::Voices { languages: owned(languages), names: owned(names) })
}

/// The data lines of the answer, or that the command was refused.
async fn answer(
    stream: &mut BufReader<UnixStream>,
    command: &str,
) -> Option<Result<Vec<String>, ()>> {
    stream.write_all(format!("{command}\r\n").as_bytes()).await.ok()?;
    let mut data = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let (code, rest) = line.trim_end().split_at_checked(3)?;
        match (rest.strip_prefix('-'), code.as_bytes().first()?) {
            (Some(more), _) if data.len() < MOST_LINES => data.push(more.to_owned()),
            (Some(_), _) => {}
            (None, b'2') => return Some(Ok(data)),
            (None, b'7') => data.clear(),
            (None, _) => return Some(Err(())),
        }
    }
}
