//! The real screen of a real X server, read by the real process.

#[cfg(test)]
mod drawn;

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::process::{Child, Command, Stdio};

    use sayso_protocol::scan::{Fault, Found};
    use x11rb::connection::Connection;
    use x11rb::protocol::xproto::{
        ConnectionExt, CreateGCAux, CreateWindowAux, ImageFormat, WindowClass,
    };
    use x11rb::rust_connection::RustConnection;
    use x11rb::{COPY_DEPTH_FROM_PARENT, COPY_FROM_PARENT};

    use super::drawn::Page;

    /// An X server without a screen that anybody sees; ended with the test.
    struct Display {
        server: Child,
        name: String,
    }

    impl Display {
        fn start(screen: &str) -> Display {
            let mut server = Command::new("Xvfb")
                .args(["-displayfd", "1", "-nolisten", "tcp", "-screen", "0", screen])
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .expect("Xvfb is installed: `make test` sees to it");
            let mut number = String::new();
            BufReader::new(server.stdout.as_mut().unwrap()).read_line(&mut number).unwrap();
            Display { server, name: format!(":{}", number.trim()) }
        }

        /// What the process says of this display: texts, or its exit status.
        fn read(&self) -> Result<Vec<String>, i32> {
            let done = Command::new(env!("CARGO_BIN_EXE_sayso-scan"))
                .arg("--x11")
                .env("DISPLAY", &self.name)
                .output()
                .unwrap();
            if !done.status.success() {
                assert_eq!(done.stdout, b"");
                return Err(done.status.code().unwrap());
            }
            let found: Vec<Found> = serde_json::from_slice(&done.stdout).unwrap();
            Ok(found.into_iter().map(|found| found.text).collect())
        }

        /// Shows a page at the top left, until the connection is dropped. `pixel` is how the
        /// display writes a grey.
        fn show(&self, page: Page, pixel: fn(u8) -> Vec<u8>) -> RustConnection {
            let (display, number) = RustConnection::connect(Some(&self.name)).unwrap();
            let screen = &display.setup().roots[number];
            let (root, depth) = (screen.root, screen.root_depth);
            let picture = page.picture();
            let width = u16::try_from(picture.width()).unwrap();
            let height = u16::try_from(picture.height()).unwrap();
            let (window, pen) = (display.generate_id().unwrap(), display.generate_id().unwrap());
            let plain = CreateWindowAux::new().override_redirect(1);
            let copied = (COPY_DEPTH_FROM_PARENT, COPY_FROM_PARENT);
            let class = WindowClass::INPUT_OUTPUT;
            display
                .create_window(
                    copied.0, window, root, 0, 0, width, height, 0, class, copied.1, &plain,
                )
                .unwrap();
            display.create_gc(pen, window, &CreateGCAux::default()).unwrap();
            display.map_window(window).unwrap();
            for y in 0..height {
                let row: Vec<u8> =
                    picture.row(usize::from(y)).iter().flat_map(|grey| pixel(*grey)).collect();
                let top = i16::try_from(y).unwrap();
                display
                    .put_image(ImageFormat::Z_PIXMAP, window, pen, width, 1, 0, top, 0, depth, &row)
                    .unwrap();
            }
            display.get_input_focus().unwrap().reply().unwrap();
            display
        }
    }

    impl Drop for Display {
        fn drop(&mut self) {
            let _ = self.server.kill();
            let _ = self.server.wait();
        }
    }

    #[test]
    fn the_codes_on_a_screen_are_read() {
        let display = Display::start("1920x1080x24");
        let page = Page::new(1920, 1080, 30).code("upper", 1300, 40, 6).code("lower", 100, 700, 4);
        let _shown = display.show(page, |grey| vec![grey, grey, grey, 0]);
        assert_eq!(display.read().unwrap(), ["upper", "lower"]);
    }

    #[test]
    fn a_screen_of_sixteen_bits_a_pixel_is_read_too() {
        let display = Display::start("801x600x16");
        let page = Page::new(600, 500, 255).code("sixteen", 40, 40, 6);
        let _shown = display.show(page, |grey| if grey > 127 { vec![255; 2] } else { vec![0; 2] });
        assert_eq!(display.read().unwrap(), ["sixteen"]);
    }

    #[test]
    fn a_screen_of_one_colour_shows_nothing() {
        let display = Display::start("640x480x24");
        assert_eq!(display.read(), Err(i32::from(Fault::NoScreen.status())));
    }
}
