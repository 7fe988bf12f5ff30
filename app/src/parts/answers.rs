//! What a person typed before, and what the server said about it: fields read both from here, so a refused form
//! comes back with nothing lost.

use domain::refusal::Refusal;
use leptos::prelude::*;

/// The name of a field without the brackets that mark a list: `people[]` is found under `people`.
#[must_use]
pub fn plain(name: &str) -> &str {
    name.split('[').next().unwrap_or(name)
}

/// The answers of a form that came back. Empty on a first visit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    typed: Vec<(String, String)>,
    refusals: Vec<Refusal>,
    sent: bool,
}

impl Answers {
    /// The answers to a form that was sent, and what the rules said to them.
    #[must_use]
    pub fn new(typed: impl IntoIterator<Item = (String, String)>, refusals: Vec<Refusal>) -> Self {
        Self { typed: typed.into_iter().collect(), refusals, sent: true }
    }

    /// The answers of the request being answered; empty if no form was sent.
    #[must_use]
    pub fn here() -> Self {
        use_context().unwrap_or_default()
    }

    /// Whether a form was sent: a box that is not among the answers was then unticked on purpose.
    #[must_use]
    pub fn sent(&self) -> bool {
        self.sent
    }

    /// What was typed into a field; the last of several, as the server function saw it.
    #[must_use]
    pub fn value<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.values(name).last()
    }

    /// Everything that was chosen under one name.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        self.typed.iter().filter(move |(field, _)| field == plain(name)).map(|(_, value)| value.as_str())
    }

    /// Whether `value` was chosen under `name`.
    #[must_use]
    pub fn chose(&self, name: &str, value: &str) -> bool {
        self.values(name).any(|chosen| chosen == value)
    }

    /// What is wrong with a field.
    #[must_use]
    pub fn refusal(&self, name: &str) -> Option<&Refusal> {
        self.refusals.iter().find(|refusal| refusal.field.as_deref() == Some(plain(name)))
    }

    /// Everything that is wrong, in the order the server found it.
    #[must_use]
    pub fn refusals(&self) -> &[Refusal] {
        &self.refusals
    }

    /// Whether this field gets the focus: it is the first one with a fault.
    #[must_use]
    pub fn is_first_faulty(&self, name: &str) -> bool {
        self.refusals.iter().find_map(|refusal| refusal.field.as_deref()) == Some(plain(name))
    }
}

#[cfg(test)]
mod tests {
    use super::Answers;
    use domain::refusal::{Code, Refusal};

    fn sent(typed: &[(&str, &str)], refusals: Vec<Refusal>) -> Answers {
        Answers::new(typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())), refusals)
    }

    #[test]
    fn answers_are_found_by_name() {
        let answers = sent(&[("pick", "a"), ("reason", "why"), ("pick", "b")], vec![]);
        assert_eq!(answers.value("reason"), Some("why"));
        assert_eq!(answers.values("pick").collect::<Vec<_>>(), ["a", "b"]);
        assert!(answers.chose("pick", "b") && !answers.chose("pick", "c"));
        assert!(answers.sent() && !Answers::default().sent());
    }

    #[test]
    fn the_first_faulty_field_is_the_one_to_focus() {
        let no = || Refusal::new(Code::BadValue, "no");
        let answers = sent(&[], vec![no(), no().at("ticket"), no().at("code")]);
        assert!(answers.is_first_faulty("ticket"));
        assert!(!answers.is_first_faulty("code"));
        assert!(answers.refusal("reason").is_none());
    }
}
