use super::*;
use crate::languages::Language;
use proptest::prelude::*;

fn english() -> Words {
    Words::new(Language::English)
}

fn danish() -> Words {
    Words::new(Language::Danish)
}

#[test]
fn a_code_is_three_and_three_for_eyes_and_one_by_one_for_ears() {
    assert_eq!(english().code_shown("482913"), "482 913");
    assert_eq!(english().code_spoken("482913"), "4 8 2, 9 1 3");
    assert_eq!(danish().code_spoken("482913"), "4 8 2, 9 1 3");
    assert_eq!(english().code_shown("12345678901234"), "123 456 789 012 34");
}

#[test]
fn time_left_is_in_minutes_from_sixty_seconds_and_in_tens_below() {
    let left = |seconds| english().time_left(Duration::from_secs(seconds));
    assert_eq!(left(300), "Five minutes");
    assert_eq!(left(120), "Two minutes");
    assert_eq!(left(100), "One minute");
    assert_eq!(left(60), "One minute");
    assert_eq!(left(50), "Fifty seconds");
    assert_eq!(left(20), "Twenty seconds");
    assert_eq!(left(3), "Less than ten seconds");
    assert_eq!(danish().time_left(Duration::from_mins(5)), "Fem minutter");
    assert_eq!(danish().time_left(Duration::from_mins(1)), "Ét minut");
    assert_eq!(danish().time_left(Duration::from_secs(20)), "Tyve sekunder");
    assert_eq!(english().time_left_short(Duration::from_mins(5)), "5 min");
    assert_eq!(english().time_left_short(Duration::from_secs(20)), "20 s");
}

#[test]
fn a_moment_lost_on_the_way_does_not_lose_a_whole_minute() {
    assert_eq!(english().time_left(Duration::from_millis(299_200)), "Five minutes");
    assert_eq!(english().time_left(Duration::from_millis(59_900)), "One minute");
    assert_eq!(english().time_left(Duration::from_millis(19_800)), "Twenty seconds");
}

#[test]
fn a_wait_is_never_said_too_short() {
    let wait = |seconds| english().wait(Duration::from_secs(seconds));
    assert_eq!(wait(30), "half a minute");
    assert_eq!(wait(29), "half a minute");
    assert_eq!(wait(8), "ten seconds");
    assert_eq!(wait(60), "one minute");
    assert_eq!(wait(61), "two minutes");
    assert_eq!(wait(3600), "one hour");
    assert_eq!(danish().wait(Duration::from_secs(30)), "et halvt minut");
    assert_eq!(danish().wait(Duration::from_mins(1)), "ét minut");
}

#[test]
fn clock_times_are_written_as_each_language_writes_them() {
    let time = jiff::civil::time(14, 5, 0, 0);
    assert_eq!(english().clock(time), "14:05");
    assert_eq!(danish().clock(time), "14.05");
    assert_eq!(english().clock(jiff::civil::time(2, 20, 0, 0)), "2:20");
}

#[test]
fn amounts_name_their_currency_and_follow_with_their_digits() {
    assert_eq!(english().amount(150_000, "DKK"), "1500 kroner");
    assert_eq!(english().amount(100, "DKK"), "1 krone");
    assert_eq!(english().amount(1250, "EUR"), "12.50 euros");
    assert_eq!(danish().amount(1250, "EUR"), "12,50 euro");
    assert_eq!(danish().amount(150_000, "NOK"), "1500 norske kroner");
    assert_eq!(english().amount(1500, "JPY"), "1500 yen");
    assert_eq!(english().amount(1500, "KWD"), "1.500 KWD");
    assert_eq!(english().amount_short(150_000, "DKK"), "1500 kr");
    assert_eq!(english().amount_digits(150_000, "DKK"), "1 5 0 0");
    assert_eq!(english().amount_digits(1205, "DKK"), "1 2 point 0 5");
    assert_eq!(danish().amount_digits(1205, "DKK"), "1 2 komma 0 5");
}

proptest! {
    #[test]
    fn no_digit_is_lost_or_moved(code in "[0-9]{0,20}") {
        let digits = |text: String| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let words = english();
        prop_assert_eq!(&digits(words.code_shown(&code)), &code);
        prop_assert_eq!(&digits(words.code_spoken(&code)), &code);
        prop_assert_eq!(&digits(words.digits_spoken(&code)), &code);
    }

    #[test]
    fn no_two_digits_touch_where_a_voice_reads_them(code in "[0-9]{2,20}") {
        for text in [english().code_spoken(&code), english().digits_spoken(&code)] {
            let characters: Vec<char> = text.chars().collect();
            let touching = characters.windows(2).any(|two| two.iter().all(char::is_ascii_digit));
            prop_assert!(!touching, "{}", text);
        }
    }

    #[test]
    fn time_left_is_at_most_ten_seconds_too_much_and_never_a_minute_too_little(ms in 0_u64..700_000) {
        let left = Duration::from_millis(ms);
        match Left::of(left) {
            Left::Minutes(minutes) => {
                let said = Duration::from_secs(minutes * 60);
                prop_assert!(left + Duration::from_secs(2) >= Duration::from_mins(1));
                prop_assert!(said <= left + Duration::from_secs(10));
                prop_assert!(said + Duration::from_mins(1) > left);
            }
            Left::Seconds(seconds) => {
                let said = Duration::from_secs(seconds);
                prop_assert_eq!(seconds % 10, 0);
                prop_assert!(seconds < 60 && said <= left + Duration::from_secs(2));
                prop_assert!(said + Duration::from_secs(10) > left);
            }
            Left::Almost => prop_assert!(left < Duration::from_secs(8)),
        }
    }

    #[test]
    fn an_amount_and_its_digits_are_the_same_number(minor in any::<u64>(), currency in "DKK|EUR|JPY|KWD|CHF") {
        let digits = |text: String| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let words = danish();
        prop_assert_eq!(digits(words.amount(minor, &currency)), digits(words.amount_digits(minor, &currency)));
        prop_assert_eq!(digits(words.amount_short(minor, &currency)), digits(words.amount_digits(minor, &currency)));
    }

    #[test]
    fn a_wait_is_said_of_any_length(seconds in any::<u64>()) {
        prop_assert!(!danish().wait(Duration::from_secs(seconds)).contains("wait-"));
    }
}

#[test]
fn about_how_long_is_in_minutes_hours_or_days() {
    let about = |seconds| english().about(Duration::from_secs(seconds));
    assert_eq!(about(5), "one minute");
    assert_eq!(about(90), "two minutes");
    assert_eq!(about(7_199), "120 minutes");
    assert_eq!(about(5 * 3600 + 1799), "five hours");
    assert_eq!(about(47 * 3600), "47 hours");
    assert_eq!(about(2_592_000), "thirty days");
    assert_eq!(danish().about(Duration::from_hours(49)), "to døgn");
}
