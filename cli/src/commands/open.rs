//! `sayso open`: an address that the desktop hands over. Any web page can make the desktop open
//! one, so it is read strictly, and nothing is sent before the person was asked.

use sayso_words::say;
use url::form_urlencoded;

use super::register::Wishes;
use crate::command_line::Register;
use crate::exit::{Failure, Status};

/// No address of Sayso's is longer.
const LONGEST: usize = 512;

/// Reads `sayso:register?broker=ADDRESS&account=NAME`.
///
/// # Errors
/// It is not a Sayso address, or one of a kind that is not known yet.
pub fn read(address: &str) -> Result<Wishes, Failure> {
    let (verb, query) = parts(address).ok_or_else(strange)?;
    match verb {
        "register" => {
            let [broker, account] = parameters(query, ["broker", "account"]).ok_or_else(strange)?;
            Wishes::typed(Register::of(broker, account))
        }
        "bind" => Err(Failure::own(Status::WrongUse, "address-kind", |words| {
            say!(words, "error-address-kind")
        })),
        _ => Err(strange()),
    }
}

fn strange() -> Failure {
    Failure::own(Status::WrongUse, "address", |words| say!(words, "error-not-sayso-address"))
}

/// The verb and what stands after the question mark. Only visible ASCII: everything else is
/// written in percent signs, if at all.
fn parts(address: &str) -> Option<(&str, &str)> {
    let visible = address.len() <= LONGEST && address.bytes().all(|b| b.is_ascii_graphic());
    let rest = address.strip_prefix("sayso:").filter(|_| visible)?;
    (!rest.contains('#')).then_some(())?;
    rest.split_once('?').or(Some((rest, "")))
}

/// The values of exactly these parameters, each once, in any order.
fn parameters<const N: usize>(query: &str, names: [&str; N]) -> Option<[String; N]> {
    let mut values: [Option<String>; N] = std::array::from_fn(|_| None);
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let place = names.iter().position(|known| *known == name)?;
        let fit = !value.is_empty() && !value.chars().any(|c| c.is_control() || c == '\u{fffd}');
        if !fit || values[place].replace(value.into_owned()).is_some() {
            return None;
        }
    }
    values.iter().all(Option::is_some).then(|| values.map(Option::unwrap_or_default))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_to_register_is_read() {
        let wishes =
            read("sayso:register?account=anna&broker=http%3A%2F%2F127.0.0.1%3A8080").unwrap();
        assert_eq!(wishes.account.as_str(), "anna");
        assert_eq!(wishes.broker.as_str(), "http://127.0.0.1:8080/");
    }

    #[test]
    fn a_hostile_address_is_wrong_use() {
        let long = format!("sayso:register?broker=https://{}&account=anna", "a".repeat(600));
        for hostile in [
            "",
            "sayso:",
            "sayso:register",
            "sayso:register?",
            "sayso:register?broker=https://b.example",
            "sayso:register?account=anna",
            "sayso:register?broker=https://b.example&account=anna&extra=1",
            "sayso:register?broker=https://b.example&account=anna&account=bo",
            "sayso:register?broker=&account=anna",
            "sayso:register?broker=https://b.example&account=an%0Ana",
            "sayso:register?broker=https://b.example&account=an\nna",
            "sayso:register?broker=https://b.example&account=%FF",
            "sayso:register?broker=https://b.example&account=anna#x",
            "sayso:register?broker=https://b.example&account=Anna%20Bell",
            "sayso:register?broker=javascript:alert(1)&account=anna",
            "sayso:register?broker=http://b.example&account=anna",
            "sayso:register?broker=https://user:pw@b.example&account=anna",
            "sayso://register?broker=https://b.example&account=anna",
            "SAYSO:register?broker=https://b.example&account=anna",
            "sayso:Register?broker=https://b.example&account=anna",
            "sayso:remove?broker=https://b.example&account=anna",
            "https://b.example/",
            "--help",
            &long,
        ] {
            let failure = read(hostile).expect_err(hostile);
            assert_eq!(failure.status, Status::WrongUse, "{hostile}");
        }
    }

    #[test]
    fn a_link_of_the_same_device_is_named_as_not_known_yet() {
        let failure = read("sayso:bind?broker=https://b.example&request=x").expect_err("bind");
        assert_eq!(failure.name, "address-kind");
        assert_eq!(failure.status, Status::WrongUse);
    }
}
