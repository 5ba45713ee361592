//! A person whose language is not here is told so once, and again only when they wish for another
//! one or get another one. What they were told lies in a small file beside the store.

use std::path::{Path, PathBuf};

use sayso_words::{Choice, Language};
use tokio::sync::oneshot;

/// The file's name in the state folder.
const FILE: &str = "language-told";

/// What the person was not told yet.
pub(crate) struct Fallback {
    /// What they hear instead.
    pub(crate) language: Language,
    file: PathBuf,
    /// What they wished for and what they get.
    mark: String,
}

impl Fallback {
    /// Nothing, where the person has the language that they wished for, or was told already.
    pub(crate) fn untold(choice: &Choice, state: &Path) -> Option<Fallback> {
        let (language, wished) = match choice {
            Choice::Theirs(_) => return None,
            Choice::Fallback { language, wished } => (*language, wished),
        };
        let (file, mark) = (state.join(FILE), format!("{wished} {language}\n"));
        let told = std::fs::read_to_string(&file).is_ok_and(|told| told == mark);
        (!told).then_some(Fallback { language, file, mark })
    }

    /// Remembers it once the person was told. If they never are, they will be at the next start.
    pub(crate) async fn remember(self, told: oneshot::Receiver<()>) {
        if told.await.is_ok()
            && let Err(error) = tokio::fs::write(&self.file, self.mark).await
        {
            tracing::warn!(%error, "it is not remembered that the language is not here");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn among(list: &[&str]) -> Choice {
        Choice::among(list.iter().copied())
    }

    #[tokio::test]
    async fn each_list_that_leads_elsewhere_is_told_once() {
        let state = tempfile::tempdir().unwrap();
        let (kalaallisut, german) = (among(&["kl-GL", "de", "da"]), among(&["de-DE", "en"]));
        for (choice, language) in [(kalaallisut, Language::Danish), (german, Language::English)] {
            let fallback = Fallback::untold(&choice, state.path()).unwrap();
            assert_eq!(fallback.language, language);
            let (tell, told) = oneshot::channel();
            tell.send(()).unwrap();
            fallback.remember(told).await;
            assert!(Fallback::untold(&choice, state.path()).is_none());
        }
    }

    #[tokio::test]
    async fn what_nobody_perceived_is_told_again() {
        let state = tempfile::tempdir().unwrap();
        let choice = among(&["kl"]);
        let (tell, told) = oneshot::channel();
        drop(tell);
        Fallback::untold(&choice, state.path()).unwrap().remember(told).await;
        assert!(Fallback::untold(&choice, state.path()).is_some());
    }

    #[test]
    fn who_has_their_language_is_told_nothing() {
        let state = tempfile::tempdir().unwrap();
        for list in [&["da-DK", "kl"][..], &["en"], &[]] {
            assert!(Fallback::untold(&among(list), state.path()).is_none());
        }
    }
}
