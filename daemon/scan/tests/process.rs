//! The process as who starts it sees it: what it reads, and what it says of what it cannot read.

#[cfg(test)]
mod drawn;

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::process::{Command, Output, Stdio};
    use std::time::Duration;

    use sayso_protocol::scan::Fault;
    use sayso_scan::picture::MOST_PIXELS;
    use sayso_scan_client::helper::{Helper, Source, Unread};

    use super::drawn::Page;

    const PROGRAM: &str = env!("CARGO_BIN_EXE_sayso-scan");

    async fn read(picture: Vec<u8>) -> Result<Vec<String>, Unread> {
        // The machine may be busy with other tests.
        let helper = Helper::at(PROGRAM.into()).within(Duration::from_secs(60));
        helper.read(Source::Bytes(picture)).await
    }

    async fn refused(picture: Vec<u8>) -> Fault {
        match read(picture).await {
            Err(Unread::Refused(fault)) => fault,
            other => panic!("{other:?}"),
        }
    }

    /// The process itself, with these words and this on its standard input.
    fn run(words: &[&str], input: &[u8]) -> Output {
        let mut child = Command::new(PROGRAM)
            .args(words)
            .env_remove("DISPLAY")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // It may end without reading.
        let _ = child.stdin.take().unwrap().write_all(input);
        child.wait_with_output().unwrap()
    }

    #[tokio::test]
    async fn a_code_of_any_scheme_is_handed_on_as_it_is() {
        for text in [
            "sayso:bind?broker=https://b.example&request=x&secret=y&secret=z",
            "javascript:alert('x')",
            "WIFI:S:hjem;T:WPA;P:rød grød;;",
            "line\none\u{0}\u{1b}[31m\u{202e}",
            "Привет, 世界",
        ] {
            let page = Page::new(600, 600, 255).code(text, 20, 20, 5);
            assert_eq!(read(page.png()).await.unwrap(), [text]);
        }
    }

    #[tokio::test]
    async fn codes_are_told_in_reading_order_and_each_once() {
        let page = Page::new(1000, 700, 200)
            .code("lower", 30, 380, 4)
            .code("right", 600, 40, 6)
            .code_in("left", (40, 60), 7, [240, 20])
            .code("right", 500, 370, 5);
        assert_eq!(read(page.png()).await.unwrap(), ["left", "right", "lower"]);
    }

    #[tokio::test]
    async fn beside_a_login_pages_code_others_of_its_kind_are_read_too() {
        let one = "sayso:bind?broker=https://a.example&request=1&secret=2";
        let other = "sayso:bind?broker=https://b.example&request=3&secret=4";
        let page =
            Page::new(1000, 500, 255).code(one, 20, 20, 6).code_in(other, (500, 20), 6, [255, 0]);
        assert_eq!(read(page.png()).await.unwrap(), [one, other]);
    }

    #[tokio::test]
    async fn codes_of_4000_letters_and_of_7000_digits_are_read() {
        for text in ["A".repeat(4_000), "1234567890".repeat(700)] {
            let page = Page::new(900, 900, 255).code(&text, 60, 60, 4);
            assert_eq!(read(page.png()).await.unwrap(), [text]);
        }
    }

    #[tokio::test]
    async fn a_code_as_large_as_the_screen_is_read() {
        let text = "sayso:bind?broker=https://login.example&request=1&secret=2";
        let page = Page::new(3840, 2160, 18).code(text, 800, 0, 52);
        assert_eq!(read(page.png()).await.unwrap(), [text]);
    }

    #[tokio::test]
    async fn a_page_full_of_smaller_or_larger_corners_hides_no_code() {
        let text = "sayso:bind?broker=https://login.example&request=1&secret=2";
        for module in [3, 8] {
            let page = Page::new(1920, 1080, 255).icons(module).code(text, 700, 300, 5);
            assert_eq!(read(page.png()).await.unwrap(), [text], "icons of {module}");
        }
    }

    #[tokio::test]
    async fn a_picture_that_cannot_be_read_has_a_reason() {
        let page = || Page::new(300, 300, 255).code("text", 20, 20, 5).png();
        let promise = |width: u32, height: u32| {
            let mut file = page();
            file[16..20].copy_from_slice(&width.to_be_bytes());
            file[20..24].copy_from_slice(&height.to_be_bytes());
            file
        };
        assert_eq!(refused(Vec::new()).await, Fault::NoPicture);
        assert_eq!(refused(promise(0, 300)).await, Fault::NoPicture);
        assert_eq!(refused(promise(16_384, 16_384)).await, Fault::TooLarge);
        assert_eq!(refused(page()[..page().len() / 2].to_vec()).await, Fault::NotAnImage);
        assert_eq!(refused(b"\xff\xd8\xff\xe0\x00\x10JFIF".to_vec()).await, Fault::NotAnImage);
        let mut flipped = page();
        let middle = flipped.len() / 2;
        flipped[middle] ^= 0xff;
        assert_eq!(refused(flipped).await, Fault::NotAnImage);
    }

    #[tokio::test]
    async fn the_largest_picture_fits_into_the_limits() {
        let page = Page::new(8192, MOST_PIXELS / 8192, 90).code("corner", 7_700, 7_700, 9);
        assert_eq!(read(page.png()).await.unwrap(), ["corner"]);
    }

    #[test]
    fn an_answer_is_one_array_and_a_refusal_one_line_with_a_status() {
        let found = run(&["--image"], &Page::new(300, 300, 255).code("a\"b", 9, 9, 5).png());
        assert!(found.status.success() && found.stderr.is_empty());
        assert_eq!(found.stdout, b"[{\"text\":\"a\\\"b\"}]\n");
        let none = run(&["--image"], &Page::new(300, 300, 255).png());
        assert!(none.status.success() && none.stdout == b"[]\n");
        for (words, fault, line) in [
            (&["--image"][..], Fault::NotAnImage, "not-an-image"),
            (&["--x11"], Fault::NoDisplay, "no-display"),
            (&[], Fault::Usage, "usage"),
            (&["--image", "--x11"], Fault::Usage, "usage"),
            (&["--help"], Fault::Usage, "usage"),
        ] {
            let refused = run(words, b"not a picture");
            assert_eq!(refused.status.code(), Some(i32::from(fault.status())), "{words:?}");
            assert_eq!(refused.stdout, b"", "{words:?}");
            let said = String::from_utf8(refused.stderr).unwrap();
            assert_eq!(said, format!("{{\"error\":\"{line}\"}}\n"), "{words:?}");
        }
    }
}
