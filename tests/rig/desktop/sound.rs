//! Where sound goes: a real PulseAudio with loudspeakers and a headset, both of which play into
//! nothing.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::processes::{Process, bare_command};

/// Where sound may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// Everybody in the room hears it.
    Speakers,
    /// Only the person hears it.
    Headset,
}

impl Output {
    fn sink(self) -> &'static str {
        match self {
            Output::Speakers => "speakers",
            Output::Headset => "headset",
        }
    }
}

/// A running sound server. Sound goes to the loudspeakers when it starts.
#[derive(Debug)]
pub struct Sound {
    server: Process,
    dir: PathBuf,
}

impl Sound {
    /// Starts it where every program of the session looks for it.
    ///
    /// # Panics
    /// If it does not answer.
    pub async fn start(mut command: Command, dir: &Path) -> Sound {
        command.args(["-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1"]);
        command.args(["-L", "module-native-protocol-unix"]);
        for (output, form_factor) in [(Output::Headset, "headset"), (Output::Speakers, "speaker")] {
            let sink = output.sink();
            let properties = format!("sink_properties=device.form_factor={form_factor}");
            command.args(["-L", &format!("module-null-sink sink_name={sink} {properties}")]);
        }
        let mut server = Process::start_quiet("pulseaudio", &mut command, &dir.join("log"));
        let answers = async || set_default(dir, Output::Speakers);
        server.wait_until("its first answer", answers).await;
        Sound { server, dir: dir.to_owned() }
    }

    /// Sound goes there from now on.
    ///
    /// # Panics
    /// If the server refuses.
    pub fn send_to(&self, output: Output) {
        assert!(set_default(&self.dir, output), "no {output:?}; log:\n{}", self.server.log());
    }

    /// Kills it.
    pub fn kill(&mut self) {
        self.server.kill();
    }
}

fn set_default(dir: &Path, output: Output) -> bool {
    let socket = dir.join("run/pulse/native");
    let mut control = bare_command("pactl");
    control.env("HOME", dir.join("home")).env("PULSE_SERVER", format!("unix:{}", socket.display()));
    control.args(["set-default-sink", output.sink()]);
    control.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("pactl").success()
}
