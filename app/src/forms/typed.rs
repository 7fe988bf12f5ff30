//! What a person typed, kept as it was, so that a refused form can be shown again unchanged.

use super::TOKEN_FIELD;
use domain::refusal::Refusal;
use leptos::prelude::use_context;
use std::collections::BTreeMap;

/// Fields that are never shown again.
const SECRET: [&str; 6] =
    [TOKEN_FIELD, "password", "new_password", "repeat_password", "code", "recovery_code"];

/// The fields of a form as they were sent; a name may have several values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed(BTreeMap<String, Vec<String>>);

impl Typed {
    /// Reads a form body. List fields (`pick[]`, `pick[0]`) are found under their plain name. Secrets are left out.
    pub fn read(body: &[u8]) -> Self {
        let mut fields = BTreeMap::<String, Vec<String>>::new();
        for (name, value) in form_urlencoded::parse(body) {
            let plain = name.split_once('[').map_or(&*name, |(plain, _)| plain);
            if !SECRET.contains(&plain) {
                fields.entry(plain.to_owned()).or_default().push(value.into_owned());
            }
        }
        Self(fields)
    }

    /// The value of a field. With several values, the last one, as the server function saw it.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).last().map(String::as_str)
    }

    /// The value of a field, or what the page would show at first.
    pub fn or(&self, name: &str, first: impl ToString) -> String {
        self.get(name).map_or_else(|| first.to_string(), str::to_owned)
    }

    /// All values of a field.
    pub fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether a box or choice with this value was ticked.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.all(name).iter().any(|each| each == value)
    }

    /// Whether nothing was sent: the page is shown for the first time.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Why the form on this page was not accepted, and what had been typed. Empty on a first visit.
#[derive(Clone, Debug, Default)]
pub struct Refused {
    /// What was typed.
    pub typed: Typed,
    /// What the rules said.
    pub refusals: Vec<Refusal>,
}

impl Refused {
    /// That of the page being rendered.
    pub fn current() -> Self {
        use_context().unwrap_or_default()
    }

    /// What is wrong with one field.
    pub fn for_field<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Refusal> {
        let name = name.to_owned();
        self.refusals.iter().filter(move |refusal| refusal.field.as_deref() == Some(name.as_str()))
    }

    /// What concerns no single field.
    pub fn general(&self) -> impl Iterator<Item = &Refusal> {
        self.refusals.iter().filter(|refusal| refusal.field.is_none())
    }

    /// Whether anything was refused.
    pub fn any(&self) -> bool {
        !self.refusals.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_repeats_and_plain_fields_are_kept_and_secrets_are_not() {
        let typed = Typed::read(b"pick%5B%5D=1&pick[]=2&a=x&a=y&password=p&code=1&_token=t&reason=%3Cb%3E");
        assert_eq!(typed.all("pick"), ["1", "2"]);
        assert!(typed.has("pick", "2"));
        assert_eq!(typed.get("a"), Some("y"));
        assert_eq!(typed.get("reason"), Some("<b>"));
        assert_eq!((typed.get("password"), typed.get("code"), typed.get("_token")), (None, None, None));
        assert_eq!(typed.or("hours", 4), "4");
    }
}
