//! `sayso keys` on the settings that the desktops themselves use: the real gsettings with the
//! schemas of GNOME and MATE, and the real xfconf on a bus of its own.

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::io::{BufRead, BufReader, Write};
    use std::path::PathBuf;
    use std::process::{Child, Command, Output, Stdio};

    const GNOME: &str = "org.gnome.settings-daemon.plugins.media-keys";
    const GNOME_PATH: &str = "/org/gnome/settings-daemon/plugins/media-keys/custom-keybindings/";
    const MATE: &str = "org.mate.control-center.keybinding";
    const MATE_PATH: &str = "/org/mate/desktop/keybindings/";
    const CHANNEL: [&str; 2] = ["-c", "xfce4-keyboard-shortcuts"];
    const COMMANDS: [&str; 3] = ["'sayso'", "'sayso' 'repeat'", "'sayso' 'hush'"];

    /// A person with settings of their own; the bus ends with this value.
    struct Person {
        desktop: &'static str,
        home: tempfile::TempDir,
        bus: Child,
        address: String,
    }

    impl Person {
        fn on(desktop: &'static str) -> Person {
            let home = tempfile::tempdir().unwrap();
            std::fs::create_dir(home.path().join(".config")).unwrap();
            let mut bus = Command::new("dbus-daemon");
            bus.args(["--session", "--nofork", "--print-address=1"]).stdout(Stdio::piped());
            set(&mut bus, &home.path().to_owned());
            let mut bus = bus.stdin(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            let mut address = String::new();
            BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
            Person { desktop, home, bus, address: address.trim().to_owned() }
        }

        fn command(&self, program: &str) -> Command {
            let mut command = Command::new(program);
            set(&mut command, &self.home.path().to_owned());
            command.env("DBUS_SESSION_BUS_ADDRESS", &self.address);
            command.env("XDG_CURRENT_DESKTOP", self.desktop).env("LANGUAGE", "en");
            command
        }

        /// Runs a program of the desktop; what it prints.
        fn run(&self, program: &str, arguments: &[&str]) -> String {
            let done = self.command(program).args(arguments).output().unwrap();
            assert!(done.status.success(), "{program} {arguments:?}: {done:?}");
            String::from_utf8(done.stdout).unwrap()
        }

        fn sayso(&self, line: &str, typed: &str) -> Output {
            let mut command = self.command(env!("CARGO_BIN_EXE_sayso"));
            command.args(line.split(' ')).stdin(Stdio::piped());
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
            let mut running = command.spawn().unwrap();
            running.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
            running.wait_with_output().unwrap()
        }

        /// Runs `sayso` to a good end; what it prints.
        fn done(&self, line: &str) -> String {
            let done = self.sayso(line, "");
            assert_eq!(done.status.code(), Some(0), "{done:?}");
            String::from_utf8(done.stdout).unwrap()
        }

        /// Everything that the desktop keeps of its shortcuts.
        fn kept(&self) -> BTreeSet<String> {
            if self.desktop == "XFCE" {
                let listed = self.run("xfconf-query", &[&CHANNEL[..], &["-l", "-v"]].concat());
                return listed.lines().map(str::to_owned).collect();
            }
            let file = self.home.path().join(".config/glib-2.0/settings/keyfile");
            let text = std::fs::read_to_string(file).unwrap_or_default();
            let mut group = "";
            let mut kept = BTreeSet::new();
            for line in text.lines().filter(|line| !line.is_empty()) {
                // A group without keys says nothing.
                if line.starts_with('[') {
                    group = line;
                } else {
                    kept.insert(format!("{group} {line}"));
                }
            }
            kept
        }
    }

    impl Drop for Person {
        fn drop(&mut self) {
            let _ = self.bus.kill();
            let _ = self.bus.wait();
        }
    }

    /// Settings of their own, and nothing of this computer's but its programs.
    fn set(command: &mut Command, home: &PathBuf) {
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap());
        command.env("HOME", home).env("XDG_CONFIG_HOME", home.join(".config"));
        command.env("XDG_RUNTIME_DIR", home).env("GSETTINGS_BACKEND", "keyfile");
        command.env("LC_ALL", "C.UTF-8");
    }

    /// A person on GNOME with a shortcut that they made in its settings.
    fn on_gnome() -> Person {
        let person = Person::on("ubuntu:GNOME");
        let path = format!("{GNOME_PATH}custom0/");
        let entry = format!("{GNOME}.custom-keybinding:{path}");
        person.run("gsettings", &["set", &entry, "name", "It's mine"]);
        person.run("gsettings", &["set", &entry, "binding", "<Super>t"]);
        person.run("gsettings", &["set", GNOME, "custom-keybindings", &format!("['{path}']")]);
        person
    }

    fn on_mate() -> Person {
        let person = Person::on("MATE");
        let entry = format!("{MATE}:{MATE_PATH}custom2/");
        person.run("gsettings", &["set", &entry, "name", "Terminal"]);
        person.run("gsettings", &["set", &entry, "binding", "<Mod4>t"]);
        person
    }

    fn on_xfce() -> Person {
        let person = Person::on("XFCE");
        let set = |property: &str, kind: &str, value: &str| {
            let set = ["-p", property, "-n", "-t", kind, "-s", value];
            person.run("xfconf-query", &[&CHANNEL[..], &set].concat());
        };
        set("/commands/custom/override", "bool", "true");
        set("/commands/custom/<Super>t", "string", "xfce4-terminal");
        set("/commands/custom/<Alt><Super>s", "string", "orca");
        set("/xfwm4/custom/<Primary><Alt>d", "string", "show_desktop_key");
        person
    }

    fn everybody() -> [Person; 3] {
        [on_gnome(), on_mate(), on_xfce()]
    }

    #[test]
    fn three_shortcuts_are_added_and_undo_leaves_what_was_there() {
        for person in everybody() {
            let before = person.kept();
            let shown = person.done("keys install --yes");
            for line in ["Super+Alt+A: the next step, by sayso.", "Super+Alt+R", "Super+Alt+H"] {
                assert!(shown.contains(line), "{}: {shown}", person.desktop);
            }
            let after: Vec<String> = person.kept().difference(&before).cloned().collect();
            for command in COMMANDS {
                let program = env!("CARGO_BIN_EXE_sayso");
                let runs = command.replacen("sayso", program, 1);
                let ends = |line: &&String| line.trim_end_matches('"').ends_with(&runs);
                assert_eq!(after.iter().filter(ends).count(), 1, "{runs}: {after:#?}");
            }
            person.done("keys undo --yes");
            assert_eq!(person.kept(), before, "{}", person.desktop);
        }
    }

    #[test]
    fn each_desktop_finds_the_keys_in_its_own_writing() {
        let gnome = on_gnome();
        gnome.done("keys install --yes");
        let entry = format!("{GNOME}.custom-keybinding:{GNOME_PATH}sayso-repeat/");
        assert_eq!(gnome.run("gsettings", &["get", &entry, "binding"]), "'<Alt><Super>r'\n");
        let list = gnome.run("gsettings", &["get", GNOME, "custom-keybindings"]);
        let names = ["custom0", "sayso-answer", "sayso-repeat", "sayso-hush"];
        let paths = names.map(|name| format!("'{GNOME_PATH}{name}/'")).join(", ");
        assert_eq!(list, format!("[{paths}]\n"));

        let mate = on_mate();
        mate.done("keys install --yes");
        let entry = format!("{MATE}:{MATE_PATH}sayso-hush/");
        assert_eq!(mate.run("gsettings", &["get", &entry, "binding"]), "'<Alt><Mod4>h'\n");

        let xfce = on_xfce();
        xfce.done("keys install --yes");
        let property = ["-p", "/commands/custom/<Alt><Super>h"];
        let runs = xfce.run("xfconf-query", &[&CHANNEL[..], &property].concat());
        assert_eq!(runs, format!("'{}' 'hush'\n", env!("CARGO_BIN_EXE_sayso")));
    }

    #[test]
    fn keys_that_do_something_else_are_refused_and_nothing_is_changed() {
        let cases = [
            (on_gnome(), "super+t", "It's mine"),
            (on_gnome(), "alt+super+s", "screenreader"),
            (on_mate(), "super+t", "Terminal"),
            (on_mate(), "ctrl+alt+l", "screensaver"),
            (on_xfce(), "super+alt+s", "orca"),
            (on_xfce(), "ctrl+alt+d", "show_desktop_key"),
            (on_xfce(), "super+alt+a", "sayso"),
        ];
        for (person, keys, by) in cases {
            let before = person.kept();
            let refused = person.sayso(&format!("keys install --yes --hush {keys}"), "");
            let said = String::from_utf8(refused.stderr).unwrap();
            assert_eq!(refused.status.code(), Some(2), "{said}");
            assert!(said.contains(by) && said.contains("--hush KEYS"), "{said}");
            assert_eq!(person.kept(), before);
        }
    }

    #[test]
    fn only_a_yes_changes_anything() {
        for person in everybody() {
            let before = person.kept();
            for typed in ["no\n", "", "nej\n"] {
                let stopped = person.sayso("keys install", typed);
                assert_eq!(stopped.status.code(), Some(1), "{stopped:?}");
                assert!(
                    String::from_utf8(stopped.stdout).unwrap().contains("Nothing was changed.")
                );
            }
            assert_eq!(person.kept(), before);
            assert_eq!(person.sayso("keys install", "ja\n").status.code(), Some(0));
            let installed = person.kept();
            person.sayso("keys undo", "no\n");
            assert_eq!(person.kept(), installed);
        }
    }

    #[test]
    fn what_is_there_already_is_not_added_again() {
        for person in everybody() {
            person.done("keys install --yes --answer ctrl+alt+F12");
            let installed = person.kept();
            let again = person.done("keys install --yes");
            assert!(again.contains("Ctrl+Alt+F12: the next step"), "{again}");
            assert_eq!(person.kept(), installed);
            person.done("keys undo --yes");
            assert!(person.done("keys undo --yes").contains("no shortcuts of Sayso"));
        }
    }

    #[test]
    fn a_shortcut_that_the_person_made_later_stays() {
        let person = on_gnome();
        person.done("keys install --yes");
        let list = person.run("gsettings", &["get", GNOME, "custom-keybindings"]);
        let theirs = format!("'{GNOME_PATH}custom1/'");
        let longer = list.trim().replace(']', &format!(", {theirs}]"));
        person.run("gsettings", &["set", GNOME, "custom-keybindings", &longer]);
        person.done("keys undo --yes");
        let list = person.run("gsettings", &["get", GNOME, "custom-keybindings"]);
        assert_eq!(list, format!("['{GNOME_PATH}custom0/', {theirs}]\n"));
    }

    #[test]
    fn a_program_reads_which_keys_do_what() {
        let person = on_mate();
        let json = person.done("keys install --yes --json");
        let told: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(told["desktop"], "MATE");
        assert_eq!(told["shortcuts"][1]["keys"], "Super+Alt+R");
        assert_eq!(told["shortcuts"][1]["command"], "sayso repeat");
    }

    #[test]
    fn on_another_desktop_the_person_is_told_what_to_do() {
        let person = Person::on("KDE");
        let refused = person.sayso("keys install --yes", "");
        assert_eq!(refused.status.code(), Some(2));
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(said.contains("sayso, sayso repeat, sayso hush"), "{said}");
    }

    #[test]
    fn a_desktop_that_has_not_made_its_list_yet_is_left_alone() {
        let person = Person::on("XFCE");
        let set = ["-p", "/commands/default/<Super>e", "-n", "-t", "string", "-s", "thunar"];
        person.run("xfconf-query", &[&CHANNEL[..], &set].concat());
        let refused = person.sayso("keys install --yes", "");
        assert_eq!(refused.status.code(), Some(4));
        assert!(String::from_utf8(refused.stderr).unwrap().contains("xfconf-query"));
    }
}
