//! What each target begins from: the vectors and the examples of the documents, which are there
//! anyway, and a few lines of each other language that is spoken here.

use std::fs;
use std::path::{Path, PathBuf};

use sayso_protocol::change::ChangeAct;
use sayso_protocol::decision::DecisionClaims;
use sayso_protocol::enrolment::Enrolment;
use sayso_protocol::fuzz::header;
use sayso_protocol::link::DeviceCall;
use sayso_protocol::outcome::Outcome;
use sayso_protocol::request::Request;
use sayso_protocol::signature::Claims;

const LOGIN: &str = "sayso:bind?broker=http://127.0.0.1:4711\
    &request=018f2d7e-7e3b-7000-8000-000000000000&secret=AAAAAAAAAAAAAAAAAAAAAA";

/// The seeds of the target of this name.
#[must_use]
pub fn of(target: &str) -> Vec<Vec<u8>> {
    match target {
        "jws" => vectors().into_iter().chain(claims()).map(String::into_bytes).collect(),
        "link" => examples(|kind| kind == "json FromBroker"),
        "bodies" => examples(|kind| kind.starts_with("json ") && !kind.contains(" claims ")),
        "problem" => examples(|kind| kind == "json Problem"),
        "address" => [examples(|kind| kind == "address"), texts(&[LOGIN, REGISTER])].concat(),
        "scan" => texts(&[r#"[{"text":"one"},{"text":"t\"wo"}]"#, r#"{"error":"no-picture"}"#]),
        "typed" => texts(&["482 913", "Sayso 482 913", "1234 5678 9012 37", "anna@bank", ID]),
        "spoken" => {
            texts(&["pay \u{202e}001 rk\u{202c}", "e\u{301}\u{302}\u{303}a\r\n.\tb\u{200b}"])
        }
        "settings" => examples(|kind| kind == "toml"),
        "head" => texts(&[
            "cookie: a=b; sayso=AAAAAAAAAAAAAAAAAAAAAA; __Host-sayso=AAAAAAAAAAAAAAAAAAAAAA",
            "x-forwarded-for: 192.0.2.7, [2001:db8::1]:80\nforwarded: for=\"[2001:db8::1]\";by=x, for=10.0.0.2",
            "authorization: Bearer e.e.e\nsec-purpose: prefetch\nsec-fetch-site: none",
            "retry-after: 120\nretry-after: Sun, 06 Nov 1994 08:50:37 GMT",
        ]),
        "ssip" => texts(&[
            "230 OK RECEIVING DATA\r\n701-7\r\n701-1\r\n701 BEGIN\r\n225-7\r\n225 OK MESSAGE QUEUED\r\n",
            "249-x\ta\tnone\r\n249 OK VOICE LIST SENT\r\n300 ERR\r\n702-7\r\n702-1\r\n702 END\r\n",
            "a line\r\n.\r\n..two\r\nQUIT",
        ]),
        "preferences" => texts(&[
            "# Mine.\nspeech = true\nrate = -20 # slow\nvoice = 'Søren'\nlanguage = \"da\"\n",
            "notification = false\nattend = true\n\"rate\" = 1\n",
        ]),
        "answer" => examples(|kind| kind == "json Changes" || kind == "json Problem"),
        "handshake" => texts(&[
            "\0AUTH EXTERNAL 31303030\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\nl\x01",
            "\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n",
            "\0AUTH EXTERNAL 30\r\nCANCEL\r\nDATA 31303030\r\nERROR\r\n",
        ]),
        "sound" => vec![sink(), frame(&sink())],
        "png" => vec![png(png::ColorType::Grayscale, 1), png(png::ColorType::Rgba, 4), found()],
        "pixels" => vec![pixels(b"sayso:bind"), pixels(b"a")],
        "helper" => texts(&["\0[{\"text\":\"one\"}]", "\x0a{\"error\":\"no-picture\"}"]),
        other => unreachable!("nobody begins {other} from anything"),
    }
}

const REGISTER: &str = "sayso:register?broker=https://login.example&account=anna";
const ID: &str = "018f2d7e-7e3b-7000-8000-000000000000";

fn texts(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The files of a folder of the project, in the order of their names.
fn files(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(root().join(folder)).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    paths.sort();
    paths.iter().filter_map(|path| fs::read_to_string(path).ok()).collect()
}

/// The signed messages in `protocol/vectors`, each with its defect.
fn vectors() -> Vec<String> {
    let texts = files("protocol/vectors");
    let jws = |text: &String| Some(text.split('"').nth(3)?.to_owned());
    texts.iter().filter_map(jws).collect()
}

/// The fenced blocks of the documents whose fence says so.
fn examples(wanted: impl Fn(&str) -> bool) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for document in files("docs") {
        for block in document.split("\n```").skip(1).step_by(2) {
            if let Some((kind, text)) = block.split_once('\n')
                && wanted(kind)
            {
                found.push(text.as_bytes().to_vec());
            }
        }
    }
    found
}

/// A header and the payload of each example of a signed message.
fn claims() -> Vec<String> {
    let types = [
        ("Request", Request::TYP),
        ("Enrolment", Enrolment::TYP),
        ("DeviceCall", DeviceCall::TYP),
        ("Binding", sayso_protocol::binding::Binding::TYP),
        ("DecisionClaims", DecisionClaims::TYP),
        ("ChangeAct", ChangeAct::TYP),
        ("Outcome", Outcome::TYP),
    ];
    let of = |(name, typ): (&str, &str)| {
        let payloads = examples(|kind| kind == format!("json claims {name}"));
        let header = header(typ);
        let lines = payloads
            .into_iter()
            .map(move |payload| format!("{header}\n{}", String::from_utf8_lossy(&payload)));
        lines.collect::<Vec<String>>()
    };
    types.into_iter().flat_map(of).collect()
}

/// What a sound server says of a sink with one port, as the values of its reply.
fn sink() -> Vec<u8> {
    let number = |value: u32| [b"L".as_slice(), &value.to_be_bytes()].concat();
    let before = [number(1), b"tname\0tdescription\0".to_vec()].concat();
    let list = b"Ptdevice.bus\0L\0\0\0\x04x\0\0\0\x04usb\0N".to_vec();
    let ports = [number(1), b"theadset\0tHeadset\0".to_vec(), number(9), number(2)].concat();
    let kind = [b"N".to_vec(), number(6), b"theadset\0".to_vec()].concat();
    [before, b"0".repeat(10), list, b"0".repeat(5), ports, kind].concat()
}

/// One whole frame on the channel of messages.
fn frame(values: &[u8]) -> Vec<u8> {
    let length = u32::try_from(values.len()).unwrap_or(0);
    let head = [length, u32::MAX, 0, 0, 0].map(u32::to_be_bytes);
    [head.as_flattened(), values].concat()
}

/// A picture of four by four pixels.
fn png(colours: png::ColorType, samples: usize) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 4, 4);
    encoder.set_color(colours);
    let written = encoder.write_header().and_then(|mut writer| {
        writer.write_image_data(&vec![0x5a; 16 * samples])?;
        writer.finish()
    });
    debug_assert!(written.is_ok());
    file
}

/// A picture in which there is something to be read.
fn found() -> Vec<u8> {
    include_bytes!("../../../daemon/scan/tests/corpus/sayso-addresses.png").to_vec()
}

/// The pixels of a code, two by two each, behind the number of those in a row.
fn pixels(text: &[u8]) -> Vec<u8> {
    let Ok(code) = qrcode::QrCode::new(text) else { return Vec::new() };
    let (modules, quiet) = (code.width(), 4);
    let wide = 2 * (modules + 2 * quiet);
    let mut pixels = vec![u8::try_from(wide).unwrap_or(u8::MAX)];
    for (y, x) in (0..wide).flat_map(|y| (0..wide).map(move |x| (y, x))) {
        let place = |at: usize| (at / 2).checked_sub(quiet).filter(|at| *at < modules);
        let dark = place(x).zip(place(y)).is_some_and(|at| code[at] == qrcode::Color::Dark);
        pixels.push(if dark { 0 } else { 255 });
    }
    pixels
}
