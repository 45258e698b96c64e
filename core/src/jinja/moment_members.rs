//! Attributes and methods of dates and times, and of Python's `datetime`.

use std::rc::Rc;

use super::arguments::{Args, int_of, missing, text_of};
use super::globals::Object;
use super::machine::Machine;
use super::moment::{DAY, Duration, Moment, SECOND};
use super::stop::{Step, Stop};
use super::value::Value;

impl Machine<'_, '_> {
    pub(super) fn moment_method(&mut self, moment: Moment, method: &str, args: Args) -> Step<Value> {
        let made = |moment: Moment| Ok(Value::Moment(Rc::new(moment)));
        match method {
            "strftime" => {
                let pattern = text_of(&args.one(method, "format")?)?;
                self.heap.spend_text(pattern.len())?;
                moment.format(&pattern).map(Value::from)
            }
            "isoformat" => {
                let [between] = args.take(method, ["sep"])?;
                let between =
                    between.map(|between| text_of(&between)).transpose()?.and_then(|between| between.chars().next());
                Ok(moment.iso(between.unwrap_or('T')).into())
            }
            "date" => made(moment.date_only()),
            "weekday" => Ok(Value::Int(moment.weekday())),
            "isoweekday" => Ok(Value::Int(moment.weekday() + 1)),
            "replace" => {
                let fields = ["year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo"];
                let [year, month, day, hour, minute, second, micro, zone] = args.take(method, fields)?;
                let or = |given: Option<Value>, now: i64| given.map_or(Ok(now), |given| int_of(&given));
                let (now, clock) = (moment.civil(), moment.clock());
                let date =
                    Moment::date(or(year, now.0)?, or(month, now.1)?, or(day, now.2)?).ok_or_else(no_such_date)?;
                if moment.is_date() {
                    return made(date);
                }
                let time = [or(hour, clock.0)?, or(minute, clock.1)?, or(second, clock.2)?, or(micro, clock.3)?];
                let changed = moment.on(&date).at(time[0], time[1], time[2], time[3]).ok_or_else(no_such_date)?;
                match zone {
                    None => made(changed),
                    Some(Value::None) => made(changed.without_zone()),
                    Some(_) => Err(Stop::unsupported("a time zone")),
                }
            }
            _ => Err(Stop::unsupported(format!("the method '{method}' of a date"))),
        }
    }

    /// Python's `datetime.datetime` and `datetime.date`.
    pub(super) fn date_class_method(&mut self, class: Object, method: &str, args: Args) -> Step<Value> {
        let date = class == Object::DateClass;
        match method {
            "now" | "utcnow" | "today" => Ok(match self.now() {
                Value::Moment(now) if date => Value::Moment(Rc::new(now.date_only())),
                Value::Moment(now) => Value::Moment(Rc::new(now.without_zone())),
                unknown => unknown,
            }),
            "strptime" if !date => {
                let [text, pattern] = args.take(method, ["date_string", "format"])?;
                let text = text_of(&text.ok_or_else(|| missing(method, "date_string"))?)?;
                let pattern = text_of(&pattern.ok_or_else(|| missing(method, "format"))?)?;
                Moment::parse(&text, &pattern).map(|moment| Value::Moment(Rc::new(moment)))
            }
            "fromisoformat" => {
                let text = text_of(&args.one(method, "date_string")?)?;
                let moment = Moment::read(&text).ok_or_else(no_such_date)?;
                let moment = if date || !moment.is_date() { Some(moment) } else { moment.at(0, 0, 0, 0) };
                moment.map(|moment| Value::Moment(Rc::new(moment))).ok_or_else(no_such_date)
            }
            _ => Err(Stop::unsupported(format!("'{method}' of a date"))),
        }
    }
}

pub(super) fn moment_attribute(moment: &Moment, name: &str) -> Step<Value> {
    let ((year, month, day), (hour, minute, second, micro)) = (moment.civil(), moment.clock());
    Ok(Value::Int(match name {
        "year" => year,
        "month" => month,
        "day" => day,
        "hour" => hour,
        "minute" => minute,
        "second" => second,
        "microsecond" => micro,
        _ => return Err(Stop::unsupported(format!("'{name}' of a date"))),
    }))
}

fn no_such_date() -> Stop {
    Stop::failed("there is no such date")
}

/// `datetime.datetime(…)`, `datetime.date(…)` and `datetime.timedelta(…)`.
pub(super) fn make_moment(class: &str, args: Args) -> Step<Value> {
    if class == "timedelta" {
        let units = [DAY, SECOND, 1, 1_000, 60 * SECOND, 3_600 * SECOND, 7 * DAY];
        let names = ["days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"];
        let mut total = Duration::default();
        for (given, unit) in args.take(class, names)?.into_iter().zip(units) {
            let given = given.map_or(Ok(0), |given| int_of(&given))?;
            total = total.plus(Duration(unit).times(given));
        }
        return Ok(Value::Duration(total));
    }
    let mut fields = [0; 7];
    let names = ["year", "month", "day", "hour", "minute", "second", "microsecond"];
    for (field, given) in fields.iter_mut().zip(args.take(class, names)?) {
        *field = given.map_or(Ok(0), |given| int_of(&given))?;
    }
    let [year, month, day, hour, minute, second, micro] = fields;
    let date = Moment::date(year, month, day);
    let moment = if class == "date" { date } else { date.and_then(|date| date.at(hour, minute, second, micro)) };
    moment.map(|moment| Value::Moment(Rc::new(moment))).ok_or_else(no_such_date)
}
