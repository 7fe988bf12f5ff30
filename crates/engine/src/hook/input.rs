//! What is typed about a hook, and what the rules say to it.

use domain::details;
use domain::refusal::{Code, Refusal};
use domain::webhook::Format;
use domain::webhook::address::Rules;
use domain::webhook::choice::{self, Topic};
use url::Url;

/// As typed.
#[derive(Clone, Debug, Default)]
pub struct Input {
    /// What people call it.
    pub name: String,
    /// Where to send.
    pub address: String,
    /// The word of a format.
    pub format: String,
    /// Words of topics.
    pub topics: Vec<String>,
    /// Refused tries are told too.
    pub refusals: bool,
}

/// As understood.
#[derive(Clone, Debug)]
pub(crate) struct Judged {
    pub name: String,
    /// `None`: it stays what it is.
    pub address: Option<Url>,
    pub format: Format,
    pub topics: Vec<Topic>,
    pub refusals: bool,
}

impl Judged {
    /// The words of the topics, as stored.
    pub fn topics(&self) -> Vec<String> {
        self.topics.iter().map(|topic| topic.wire()).collect()
    }
}

/// Everything that is wrong at once. An empty address keeps the one there is.
pub(crate) fn judge(rules: &Rules, input: &Input) -> Result<Judged, Vec<Refusal>> {
    let address = match input.address.trim().is_empty() {
        true => Ok(None),
        false => rules.read(&input.address, "address").map(Some),
    };
    with_address(input, address)
}

/// The same for a new one, which needs an address.
pub(crate) fn judge_new(rules: &Rules, input: &Input) -> Result<(Judged, Url), Vec<Refusal>> {
    let address = rules.read(&input.address, "address");
    let judged = with_address(input, address.clone().map(Some))?;
    Ok((judged, address?))
}

fn with_address(input: &Input, address: Result<Option<Url>, Refusal>) -> Result<Judged, Vec<Refusal>> {
    let name = details::name(&input.name, "name");
    let format = Format::parse(&input.format)
        .ok_or_else(|| Refusal::new(Code::Missing, "Choose a format.").at("format"));
    let topics = choice::read(&input.topics, "topics");
    match (name, address, format, topics) {
        (Ok(name), Ok(address), Ok(format), Ok(topics)) => {
            Ok(Judged { name, address, format, topics, refusals: input.refusals })
        }
        (name, address, format, topics) => {
            let wrong = [name.err(), address.err(), format.err(), topics.err()];
            Err(wrong.into_iter().flatten().collect())
        }
    }
}

/// Two hooks can't have one name.
pub(crate) fn taken() -> Refusal {
    Refusal::new(Code::Taken, "There is a webhook of this name already.").at("name")
}
