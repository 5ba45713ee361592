//! A place where sound goes, as the sound server describes it, and who hears what goes there.

use super::Listening;

/// A sink with its active port.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Sink {
    /// Where the plug is, if the device tells plugs apart.
    pub(super) port: Option<Port>,
    /// `device.form_factor`.
    pub(super) form_factor: Option<String>,
    /// `device.bus`.
    pub(super) bus: Option<String>,
    /// `device.api`.
    pub(super) api: Option<String>,
}

/// A port, as far as it matters who hears it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Port {
    pub(super) kind: Kind,
    pub(super) plug: Plug,
}

/// What a port leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Headphones or a headset.
    OnTheHead,
    /// It tells how the sound gets there, not where to.
    Neutral,
    /// Loudspeakers, a line out, a television, a car, and what there may be yet.
    Other,
}

/// Whether something is plugged in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plug {
    /// Nothing.
    Out,
    /// Something, or the device cannot tell.
    MaybeIn,
}

impl Port {
    /// From the protocol's numbers (`pa_device_port_type_t`, `pa_port_available_t`).
    pub(super) fn of(kind: Option<u32>, available: Option<u32>) -> Self {
        let kind = match kind {
            Some(3 | 6) => Kind::OnTheHead,
            None | Some(0 | 14 | 15 | 22) => Kind::Neutral,
            Some(_) => Kind::Other,
        };
        Self { kind, plug: if available == Some(1) { Plug::Out } else { Plug::MaybeIn } }
    }
}

impl Sink {
    /// Who hears it. Any doubt means everybody.
    pub(super) fn listening(&self) -> Listening {
        let worn = matches!(self.form_factor.as_deref(), Some("headphone" | "headset"));
        let private = match self.port {
            Some(Port { plug: Plug::Out, .. } | Port { kind: Kind::Other, .. }) => false,
            // A loudspeaker that can also telephone calls its port a headset.
            Some(Port { kind: Kind::OnTheHead, .. }) => worn || !self.is_bluetooth(),
            Some(Port { kind: Kind::Neutral, .. }) | None => worn,
        };
        if private { Listening::Private } else { Listening::Loud }
    }

    fn is_bluetooth(&self) -> bool {
        self.bus.as_deref() == Some("bluetooth")
            || self.api.as_deref().is_some_and(|api| api.starts_with("bluez"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const YES: u32 = 2;
    const NO: u32 = 1;
    const UNKNOWN: u32 = 0;

    /// A sink as `pactl list sinks` of some computer described it: port type and availability,
    /// form factor, bus.
    fn sink(port: Option<(u32, u32)>, form_factor: &str, bus: &str) -> Sink {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Sink {
            port: port.map(|(kind, available)| Port::of(Some(kind), Some(available))),
            form_factor: text(form_factor),
            bus: text(bus),
            api: None,
        }
    }

    fn is_private(sink: &Sink) -> bool {
        sink.listening() == Listening::Private
    }

    #[test]
    fn headphones_and_headsets_are_heard_by_one() {
        for (port, form_factor, bus) in [
            (Some((3, YES)), "internal", "pci"),     // the jack of a laptop
            (Some((3, UNKNOWN)), "", "pci"),         // chosen by hand: this jack feels no plug
            (Some((6, YES)), "internal", "pci"),     // the same jack, four contacts
            (Some((22, UNKNOWN)), "headset", "usb"), // a USB headset: "analog-output"
            (Some((3, YES)), "headphone", "usb"),
            (None, "headphone", ""), // a device without ports
            (Some((3, UNKNOWN)), "headphone", "bluetooth"),
            (Some((6, YES)), "headset", "bluetooth"),
            (Some((15, YES)), "headset", "bluetooth"),
        ] {
            let sink = sink(port, form_factor, bus);
            assert!(is_private(&sink), "{sink:?}");
        }
    }

    #[test]
    fn what_a_room_may_hear_is_heard_by_all() {
        for (port, form_factor, bus) in [
            (Some((2, UNKNOWN)), "internal", "pci"), // the loudspeakers of a laptop
            (Some((2, YES)), "headset", "usb"),      // a loudspeaker that calls itself a headset
            (Some((4, YES)), "internal", "pci"),     // line out
            (Some((10, YES)), "", "pci"),            // HDMI
            (Some((9, YES)), "", "pci"),             // S/PDIF
            (Some((11, YES)), "tv", ""),
            (Some((16, YES)), "portable", "bluetooth"),
            (Some((17, YES)), "hands-free", "bluetooth"), // in a car, or on a table
            (None, "hands-free", "bluetooth"),
            (Some((18, YES)), "car", "bluetooth"),
            (Some((15, YES)), "", "bluetooth"), // does not say what it is
            (Some((6, YES)), "", "bluetooth"),  // telephones, and does not say what it is
            (Some((6, YES)), "speaker", "bluetooth"),
            (Some((0, YES)), "", ""),
            (Some((99, YES)), "headphone", ""), // a type that is newer than this program
            (None, "", ""),                     // a virtual sink
            (None, "speaker", ""),
            (None, "webcam", "usb"),
        ] {
            let sink = sink(port, form_factor, bus);
            assert!(!is_private(&sink), "{sink:?}");
        }
    }

    #[test]
    fn unplugged_headphones_are_heard_by_all() {
        assert!(!is_private(&sink(Some((3, NO)), "internal", "pci")));
        assert!(!is_private(&sink(Some((6, NO)), "headset", "usb")));
    }

    #[test]
    fn bluetooth_is_known_by_its_program_too() {
        let mut unnamed = sink(Some((6, YES)), "", "");
        unnamed.api = Some("bluez5".into());
        assert!(!is_private(&unnamed));
    }
}
