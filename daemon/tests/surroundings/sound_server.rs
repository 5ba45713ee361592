//! A sound server of the test's own: PulseAudio, or PipeWire with what makes it one. Its sinks
//! play into nothing.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use saysod::clock;

/// The server's folder and its processes; they end with this value.
pub(crate) struct Server {
    folder: tempfile::TempDir,
    processes: Vec<Child>,
    /// The modules that make the sinks.
    modules: HashMap<String, String>,
}

impl Server {
    /// A place for one; nothing runs yet.
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("sound").tempdir_in("/tmp").unwrap();
        Self { folder, processes: Vec::new(), modules: HashMap::new() }
    }

    /// Where it listens when it runs: where every program looks.
    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.path().join("pulse/native")
    }

    pub(crate) fn start_pulseaudio(&mut self) {
        let protocol = "module-native-protocol-unix";
        self.start("pulseaudio", |run| {
            run.args(["-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "-L"]);
            run.arg(protocol)
        });
        self.answers();
    }

    pub(crate) fn start_pipewire(&mut self, bus: &str) {
        for program in ["pipewire", "wireplumber", "pipewire-pulse"] {
            self.start(program, |run| run.env("DBUS_SESSION_BUS_ADDRESS", bus));
        }
        self.answers();
    }

    fn start(&mut self, program: &str, with: impl Fn(&mut Command) -> &mut Command) {
        let mut command = Command::new(program);
        self.environment(&mut command);
        with(&mut command).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.processes.push(command.spawn().unwrap());
    }

    /// Waits until it answers.
    fn answers(&self) {
        let until = clock::now() + Duration::from_secs(20);
        while !self.pactl(&["info"]).0 {
            assert!(clock::now() < until, "the sound server does not answer");
            std::thread::yield_now();
        }
    }

    /// Everything dies at once.
    pub(crate) fn kill(&mut self) {
        for mut process in self.processes.drain(..).rev() {
            let _ = process.kill();
            let _ = process.wait();
        }
        self.modules.clear();
    }

    pub(crate) fn add_sink(&mut self, name: &str, form_factor: &str) {
        let name_is = format!("sink_name={name}");
        let properties = format!("sink_properties=device.form_factor={form_factor}");
        let (ok, module) = self.pactl(&["load-module", "module-null-sink", &name_is, &properties]);
        assert!(ok, "no sink {name}");
        self.modules.insert(name.to_owned(), module.trim().to_owned());
    }

    pub(crate) fn remove_sink(&mut self, name: &str) {
        let module = self.modules.remove(name).unwrap();
        assert!(self.pactl(&["unload-module", &module]).0);
    }

    pub(crate) fn set_default(&self, name: &str) {
        assert!(self.pactl(&["set-default-sink", name]).0);
    }

    fn pactl(&self, arguments: &[&str]) -> (bool, String) {
        let mut command = Command::new("pactl");
        self.environment(&mut command);
        let output = command.args(arguments).stderr(Stdio::null()).output().unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    }

    fn environment(&self, command: &mut Command) {
        let folder: &Path = self.folder.path();
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap());
        command.env("HOME", folder).env("XDG_RUNTIME_DIR", folder).env("LC_ALL", "C.UTF-8");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
