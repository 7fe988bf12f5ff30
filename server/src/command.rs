//! The commands of the program, one file each.

pub mod admin;
pub mod audit;
pub mod doctor;
pub mod import;
pub mod migrate;
pub mod serve;

/// What the engine refused, for the terminal.
fn plain(error: engine::Error) -> anyhow::Error {
    match error {
        engine::Error::Refused(refusals) => {
            let texts: Vec<_> = refusals.iter().map(|refusal| clean(&refusal.text.to_string())).collect();
            anyhow::anyhow!("{}", texts.join("\n"))
        }
        error => error.into(),
    }
}

/// Somebody else's text without anything that a terminal would obey.
fn clean(text: &str) -> String {
    text.chars().map(|sign| if sign.is_control() { '\u{fffd}' } else { sign }).collect()
}
