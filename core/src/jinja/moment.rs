//! Dates and times, as far as templates reckon with them: Python's `datetime`, without time zones other than UTC.

use super::stop::{Step, Stop};

/// A point in time; a date where it has no time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment {
    /// Days since 1970-01-01.
    day: i64,
    /// Microseconds since midnight; none for a plain date.
    time: Option<i64>,
    utc: bool,
}

/// Python's `timedelta`, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Duration(pub(super) i64);

pub(super) const SECOND: i64 = 1_000_000;
pub(super) const DAY: i64 = 86_400 * SECOND;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

impl Duration {
    pub(super) fn times(self, factor: i64) -> Self {
        Self(self.0.saturating_mul(factor))
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    pub(super) fn days(self) -> i64 {
        self.0.div_euclid(DAY)
    }

    pub(super) fn seconds(self) -> i64 {
        self.0.rem_euclid(DAY) / SECOND
    }
}

impl Moment {
    pub(super) fn date(year: i64, month: i64, day: i64) -> Option<Self> {
        let fits = (1..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
        let made = fits.then(|| Self { day: days_of(year, month, day), time: None, utc: false })?;
        (made.civil() == (year, month, day)).then_some(made)
    }

    pub(super) fn at(self, hour: i64, minute: i64, second: i64, micro: i64) -> Option<Self> {
        let fits = (0..24).contains(&hour)
            && (0..60).contains(&minute)
            && (0..60).contains(&second)
            && (0..SECOND).contains(&micro);
        let time = ((hour * 60 + minute) * 60 + second) * SECOND + micro;
        fits.then_some(Self { time: Some(time), ..self })
    }

    /// Reads `2024-05-01T09:30:00.123456Z`, and shorter forms of it.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (date, time) = match text.split_once(['T', ' ']) {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        let mut parts = date.splitn(3, '-').map(|part| part.parse::<i64>().ok());
        let date = Self::date(parts.next()??, parts.next()??, parts.next()??)?;
        let Some(time) = time else { return Some(date) };
        let bare = time.strip_suffix('Z').or_else(|| time.strip_suffix("+00:00"));
        let mut parts = bare.unwrap_or(time).splitn(3, ':');
        let (hour, minute) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let seconds = parts.next().unwrap_or("0");
        let (second, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
        let micro = format!("{fraction:0<6}").get(..6)?.parse().ok()?;
        let moment = date.at(hour, minute, second.parse().ok()?, micro)?;
        Some(Self { utc: bare.is_some(), ..moment })
    }

    pub(super) fn plus(self, duration: Duration) -> Option<Self> {
        let Some(time) = self.time else {
            return Self { day: self.day.checked_add(duration.days())?, ..self }.in_range();
        };
        let total = time.checked_add(duration.0)?;
        Self { day: self.day.checked_add(total.div_euclid(DAY))?, time: Some(total.rem_euclid(DAY)), ..self }.in_range()
    }

    fn in_range(self) -> Option<Self> {
        (days_of(1, 1, 1)..=days_of(9999, 12, 31)).contains(&self.day).then_some(self)
    }

    pub(super) fn since(self, other: &Self) -> Duration {
        Duration(
            (self.day - other.day).saturating_mul(DAY).saturating_add(self.time.unwrap_or(0) - other.time.unwrap_or(0)),
        )
    }

    /// The same time on another day.
    pub(super) fn on(self, other: &Self) -> Self {
        Self { day: other.day, ..self }
    }

    pub(super) fn date_only(self) -> Self {
        Self { time: None, utc: false, ..self }
    }

    pub(super) fn without_zone(self) -> Self {
        Self { utc: false, ..self }
    }

    pub(super) fn is_date(self) -> bool {
        self.time.is_none()
    }

    /// Year, month, day.
    pub(super) fn civil(self) -> (i64, i64, i64) {
        civil_of(self.day)
    }

    /// Hour, minute, second, microsecond.
    pub(super) fn clock(self) -> (i64, i64, i64, i64) {
        let time = self.time.unwrap_or(0);
        (time / SECOND / 3600, time / SECOND / 60 % 60, time / SECOND % 60, time % SECOND)
    }

    /// From 0 for Monday.
    pub(super) fn weekday(self) -> i64 {
        (self.day + 3).rem_euclid(7)
    }

    /// Python's `str`.
    pub(super) fn text(self) -> String {
        self.iso(' ')
    }

    pub(super) fn iso(self, between: char) -> String {
        let (year, month, day) = self.civil();
        let date = format!("{year:04}-{month:02}-{day:02}");
        if self.time.is_none() {
            return date;
        }
        let (hour, minute, second, micro) = self.clock();
        let fraction = if micro == 0 { String::new() } else { format!(".{micro:06}") };
        let zone = if self.utc { "+00:00" } else { "" };
        format!("{date}{between}{hour:02}:{minute:02}:{second:02}{fraction}{zone}")
    }

    pub(super) fn format(self, pattern: &str) -> Step<String> {
        let (year, month, day) = self.civil();
        let (hour, minute, second, micro) = self.clock();
        let name = |names: &[&str], at: i64| {
            usize::try_from(at).ok().and_then(|at| names.get(at).copied()).unwrap_or("").to_owned()
        };
        let mut out = String::new();
        let mut chars = pattern.chars();
        while let Some(c) = chars.next() {
            if c != '%' {
                out.push(c);
                continue;
            }
            out.push_str(&match chars.next() {
                Some('Y') => format!("{year:04}"),
                Some('y') => format!("{:02}", year % 100),
                Some('m') => format!("{month:02}"),
                Some('d') => format!("{day:02}"),
                Some('H') => format!("{hour:02}"),
                Some('I') => format!("{:02}", (hour + 11) % 12 + 1),
                Some('p') => if hour < 12 { "AM" } else { "PM" }.to_owned(),
                Some('M') => format!("{minute:02}"),
                Some('S') => format!("{second:02}"),
                Some('f') => format!("{micro:06}"),
                Some('j') => format!("{:03}", self.day - days_of(year, 1, 1) + 1),
                Some('F') => format!("{year:04}-{month:02}-{day:02}"),
                Some('T') => format!("{hour:02}:{minute:02}:{second:02}"),
                Some('B') => name(&MONTHS, month - 1),
                Some('b') => name(&MONTHS, month - 1).chars().take(3).collect(),
                Some('A') => name(&WEEKDAYS, self.weekday()),
                Some('a') => name(&WEEKDAYS, self.weekday()).chars().take(3).collect(),
                Some('z') => if self.utc { "+0000" } else { "" }.to_owned(),
                Some('Z') => if self.utc { "UTC" } else { "" }.to_owned(),
                Some('%') => "%".to_owned(),
                _ => return Err(Stop::unsupported(format!("the date format '{pattern}'"))),
            });
        }
        Ok(out)
    }

    /// Python's `strptime`, for patterns of digits.
    pub(super) fn parse(text: &str, pattern: &str) -> Step<Self> {
        let mismatch = || Stop::failed(format!("'{text}' does not fit the date format '{pattern}'"));
        let mut fields = [1970, 1, 1, 0, 0, 0, 0];
        let mut rest = text;
        let mut chars = pattern.chars();
        while let Some(c) = chars.next() {
            if c != '%' {
                rest = rest.strip_prefix(c).ok_or_else(mismatch)?;
                continue;
            }
            let (field, width) = match chars.next() {
                Some('Y') => (0, 4),
                Some('m') => (1, 2),
                Some('d') => (2, 2),
                Some('H') => (3, 2),
                Some('M') => (4, 2),
                Some('S') => (5, 2),
                Some('f') => (6, 6),
                _ => return Err(Stop::unsupported(format!("the date format '{pattern}'"))),
            };
            let digits = rest.bytes().take(width).take_while(u8::is_ascii_digit).count();
            let number = &rest[..digits];
            fields[field] =
                if field == 6 { format!("{number:0<6}").parse() } else { number.parse() }.map_err(|_| mismatch())?;
            rest = &rest[digits..];
        }
        let [year, month, day, hour, minute, second, micro] = fields;
        let moment = Self::date(year, month, day).and_then(|date| date.at(hour, minute, second, micro));
        moment.filter(|_| rest.is_empty()).ok_or_else(mismatch)
    }
}

/// Days since 1970-01-01 in the Gregorian calendar, counted in years that begin in March.
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let century = year.div_euclid(400);
    let year_of_century = year.rem_euclid(400);
    century * 146_097 + year_of_century * 365 + year_of_century / 4 - year_of_century / 100 + day_of_year - 719_468
}

fn civil_of(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (century, day_of_century) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day_of_century - day_of_century / 1_460 + day_of_century / 36_524 - day_of_century / 146_096) / 365;
    let day_of_year = day_of_century - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (century * 400 + year + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_four_centuries_goes_there_and_back() {
        for day in days_of(1801, 1, 1)..=days_of(2201, 1, 1) {
            let (year, month, date) = civil_of(day);
            assert_eq!(days_of(year, month, date), day);
        }
        assert_eq!(civil_of(19_783), (2024, 3, 1));
        assert!(Moment::date(2023, 2, 29).is_none());
    }

    #[test]
    fn a_moment_is_read_moved_and_written() {
        let moment = Moment::read("2024-02-28T23:30:05.25Z").expect("a time");
        assert_eq!(moment.text(), "2024-02-28 23:30:05.250000+00:00");
        let later = moment.plus(Duration(DAY)).expect("in range");
        assert_eq!(later.format("%Y-%m-%d %H:%M:%S %a %j").expect("known"), "2024-02-29 23:30:05 Thu 060");
        assert_eq!(later.since(&moment).days(), 1);
        assert_eq!(Moment::parse("20240229", "%Y%m%d").expect("fits").date_only().text(), "2024-02-29");
    }
}
