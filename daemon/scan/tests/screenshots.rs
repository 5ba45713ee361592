//! Every code of the project's own screenshots is read exactly, and none where there is none.

#[cfg(test)]
mod corpus;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::corpus::{self, Screenshot, Verdict};

    /// The machine may be busy with other tests.
    const PATIENCE: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn every_code_of_the_corpus_is_read_exactly_and_nothing_else() {
        let folder = corpus::own();
        let all = Screenshot::all_of(&folder).unwrap();
        assert!(all.len() >= 24);
        for screenshot in all {
            let texts = corpus::read(&screenshot.file(&folder), PATIENCE).await.unwrap();
            assert_eq!(screenshot.judge(&texts), Verdict::Exact, "{}: {texts:?}", screenshot.id);
            assert_eq!(texts.len(), screenshot.count(), "{}: {texts:?}", screenshot.id);
        }
    }
}
