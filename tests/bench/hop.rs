//! One hop over loopback: half of the way there and back between two threads that block.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use rig::clock;

/// So long is nothing sent, so that both ends sleep when something comes.
const GAP: Duration = Duration::from_millis(2);

/// So many hops, in microseconds each.
///
/// # Panics
/// If loopback does not work.
#[must_use]
pub fn loopback(count: usize) -> Vec<f64> {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("a bound socket");
    let echo = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        stream.set_nodelay(true).expect("a socket");
        let mut byte = [0];
        while stream.read_exact(&mut byte).is_ok() {
            stream.write_all(&byte).expect("an echo");
        }
    });
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.set_nodelay(true).expect("a socket");
    let mut took = Vec::new();
    for _ in 0..count {
        clock::pass_blocking(GAP);
        let began = clock::start();
        stream.write_all(&[1]).and_then(|()| stream.read_exact(&mut [0])).expect("an echo");
        took.push(began.elapsed().as_secs_f64() * 1e6 / 2.0);
    }
    drop(stream);
    echo.join().expect("the other end");
    took
}
