//! WebDriver over HTTP for Firefox, which itself speaks Marionette (messages of a length and a
//! JSON array over TCP) and has no driver of its own in Debian. By this, one client drives every
//! browser. A thread of its own, because the client ends its session in `Drop`, where it blocks.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::{Map, Value, json};

/// A page may take this long to load before the client is told that Firefox does not answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running driver.
#[derive(Debug)]
pub(super) struct Driver {
    address: SocketAddr,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Driver {
    /// Drives the Firefox that listens on this port of the machine.
    ///
    /// # Panics
    /// If nobody listens there.
    pub(super) fn start(marionette: u16) -> Driver {
        let mut firefox = Firefox::connect(marionette).expect("Firefox listens");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("a bound socket");
        let over = Arc::new(AtomicBool::new(false));
        let ends = Arc::clone(&over);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if ends.load(Ordering::SeqCst) {
                    return;
                }
                // A client that leaves in the middle of a call takes only its own call with it.
                serve(stream, &mut firefox).ok();
            }
        });
        Driver { address, over, thread: Some(thread) }
    }

    /// Where a WebDriver client finds it.
    pub(super) fn address(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        TcpStream::connect(self.address).ok();
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

/// The connection to Firefox.
struct Firefox {
    stream: BufReader<TcpStream>,
    calls: u64,
}

impl Firefox {
    fn connect(port: u16) -> io::Result<Firefox> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut firefox = Firefox { stream: BufReader::new(stream), calls: 0 };
        firefox.receive()?; // its name and version
        Ok(firefox)
    }

    /// Calls a command; its result, or the error that WebDriver knows.
    fn call(&mut self, name: &str, parameters: &Value) -> io::Result<Result<Value, Value>> {
        self.calls += 1;
        let message = json!([0, self.calls, name, parameters]).to_string();
        let framed = format!("{}:{message}", message.len());
        self.stream.get_mut().write_all(framed.as_bytes())?;
        loop {
            let Value::Array(answer) = self.receive()? else { continue };
            let [kind, call, error, result] = answer.as_slice() else { continue };
            if kind == 1 && *call == self.calls {
                let good = error.is_null();
                return Ok(if good { Ok(result.clone()) } else { Err(error.clone()) });
            }
        }
    }

    fn receive(&mut self) -> io::Result<Value> {
        let mut length = Vec::new();
        self.stream.read_until(b':', &mut length)?;
        let length = std::str::from_utf8(&length).ok().and_then(|text| text.strip_suffix(':'));
        let length = length.and_then(|digits| digits.parse().ok());
        let mut message = vec![0; length.ok_or(io::ErrorKind::InvalidData)?];
        self.stream.read_exact(&mut message)?;
        Ok(serde_json::from_slice(&message)?)
    }
}

/// Answers one call of the client.
fn serve(stream: TcpStream, firefox: &mut Firefox) -> io::Result<()> {
    let mut input = BufReader::new(&stream);
    let mut first = String::new();
    input.read_line(&mut first)?;
    let mut length = 0;
    loop {
        let mut field = String::new();
        if input.read_line(&mut field)? == 0 || field.trim().is_empty() {
            break;
        }
        let (name, value) = field.split_once(':').unwrap_or_default();
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    input.read_exact(&mut body)?;
    let body = serde_json::from_slice(&body).unwrap_or_default();
    let mut words = first.split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let (status, value) = match command(method, path, body) {
        None => ("404 Not Found", json!({"error": "unknown command", "message": first.trim()})),
        Some((name, parameters)) => answer(firefox.call(name, &parameters)?),
    };
    let text = json!({ "value": value }).to_string();
    write!(
        &stream,
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{text}",
        text.len()
    )
}

/// Some results stand in a member `value`, others are the result themselves.
fn answer(result: Result<Value, Value>) -> (&'static str, Value) {
    match result {
        Ok(Value::Object(mut members)) if members.len() == 1 && members.contains_key("value") => {
            ("200 OK", members.remove("value").unwrap_or_default())
        }
        Ok(result) => ("200 OK", result),
        Err(error) => {
            let kind = error["error"].as_str().unwrap_or_default();
            let is_gone = kind.starts_with("no such") || kind.starts_with("stale");
            (if is_gone { "404 Not Found" } else { "400 Bad Request" }, error)
        }
    }
}

/// The Marionette command for a WebDriver call, with its parameters: the call's body, and what
/// stands in its path.
fn command(method: &str, path: &str, body: Value) -> Option<(&'static str, Value)> {
    let words: Vec<&str> = path.trim_matches('/').split('/').collect();
    let mut more = Map::new();
    let mut add = |name: &str, value: &str| more.insert(name.to_owned(), value.into());
    // `session`, the session's id, and what is asked of it.
    let name = match (method, words.get(2..).unwrap_or_default()) {
        // The profile says what this browser is: wishes are not handed on.
        ("POST", []) => return Some(("WebDriver:NewSession", json!({}))),
        ("DELETE", []) => "WebDriver:DeleteSession",
        ("POST", ["timeouts"]) => "WebDriver:SetTimeouts",
        ("POST", ["url"]) => "WebDriver:Navigate",
        ("GET", ["url"]) => "WebDriver:GetCurrentURL",
        ("GET", ["title"]) => "WebDriver:GetTitle",
        ("GET", ["source"]) => "WebDriver:GetPageSource",
        ("POST", ["refresh"]) => "WebDriver:Refresh",
        ("POST", ["back"]) => "WebDriver:Back",
        ("GET", ["window"]) => "WebDriver:GetWindowHandle",
        ("POST", ["window"]) => "WebDriver:SwitchToWindow",
        ("DELETE", ["window"]) => "WebDriver:CloseWindow",
        ("GET", ["window", "handles"]) => "WebDriver:GetWindowHandles",
        ("GET", ["window", "rect"]) => "WebDriver:GetWindowRect",
        ("POST", ["window", "rect"]) => "WebDriver:SetWindowRect",
        ("POST", ["element"]) => "WebDriver:FindElement",
        ("POST", ["elements"]) => "WebDriver:FindElements",
        ("GET", ["element", "active"]) => "WebDriver:GetActiveElement",
        (method, ["element", id, rest @ ..]) => {
            add("id", id);
            match (method, rest) {
                ("POST", ["click"]) => "WebDriver:ElementClick",
                ("POST", ["clear"]) => "WebDriver:ElementClear",
                ("POST", ["value"]) => "WebDriver:ElementSendKeys",
                ("GET", ["text"]) => "WebDriver:GetElementText",
                ("GET", ["name"]) => "WebDriver:GetElementTagName",
                ("GET", ["rect"]) => "WebDriver:GetElementRect",
                ("GET", ["computedrole"]) => "WebDriver:GetComputedRole",
                ("GET", ["computedlabel"]) => "WebDriver:GetComputedLabel",
                ("GET", ["attribute", name]) => {
                    add("name", name);
                    "WebDriver:GetElementAttribute"
                }
                ("GET", ["property", name]) => {
                    add("name", name);
                    "WebDriver:GetElementProperty"
                }
                _ => return None,
            }
        }
        ("POST", ["execute", "sync"]) => "WebDriver:ExecuteScript",
        ("POST", ["execute", "async"]) => "WebDriver:ExecuteAsyncScript",
        ("POST", ["actions"]) => "WebDriver:PerformActions",
        ("DELETE", ["actions"]) => "WebDriver:ReleaseActions",
        ("GET", ["cookie"]) => "WebDriver:GetCookies",
        ("GET", ["screenshot"]) => {
            return Some(("WebDriver:TakeScreenshot", json!({"full": false})));
        }
        _ => return None,
    };
    let mut parameters = if let Value::Object(members) = body { members } else { Map::new() };
    parameters.append(&mut more);
    Some((name, Value::Object(parameters)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_of_webdriver_is_a_command_of_marionette() {
        let (name, parameters) = command("POST", "/session", json!({"capabilities": {}})).unwrap();
        assert_eq!((name, parameters), ("WebDriver:NewSession", json!({})));
        let path = "/session/1/element/e-1/attribute/href";
        let (name, parameters) = command("GET", path, Value::Null).unwrap();
        assert_eq!(name, "WebDriver:GetElementAttribute");
        assert_eq!(parameters, json!({"id": "e-1", "name": "href"}));
        assert!(command("GET", "/session/1/print", Value::Null).is_none());
    }

    #[test]
    fn a_result_stands_in_value_and_an_error_keeps_its_name() {
        assert_eq!(answer(Ok(json!({"value": null}))), ("200 OK", Value::Null));
        assert_eq!(answer(Ok(json!(["a"]))), ("200 OK", json!(["a"])));
        let error = json!({"error": "no such element", "message": "", "stacktrace": ""});
        assert_eq!(answer(Err(error.clone())), ("404 Not Found", error));
    }
}
