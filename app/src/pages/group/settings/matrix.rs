//! Who is told by mail: three events by three readers.

use crate::api::policies::fields::{Fields, MATRIX, tick};
use crate::parts::prelude::*;
use domain::policy::change;
use domain::policy::notifications::{Audience, Moment, Reach, Reader, field};
use leptos::prelude::*;

/// The matrix, one group of cells for each event.
#[component]
pub fn Mails(
    /// What stands in the form.
    fields: Fields,
    /// The settings that differ from what is in force.
    changed: Vec<String>,
    /// How many people the columns mean.
    audience: Audience,
) -> impl IntoView {
    let events = Moment::ALL.map(|moment| event(moment, &fields, &changed, &audience));
    view! {
        <section class="card" aria-labelledby="p-mails">
            <div class="card-head">
                <h2 id="p-mails">"Mail"</h2>
                <span class="sm muted">"who is told, each person once"</span>
            </div>
            <HiddenField name="mail[]" value=MATRIX />
            {events}
        </section>
    }
}

fn event(moment: Moment, fields: &Fields, changed: &[String], audience: &Audience) -> impl IntoView + use<> {
    let cells = Reader::ALL.map(|reader| {
        let meant = audience.of(moment, reader);
        cell(moment, reader, fields.clone(), changed, meant)
    });
    view! {
        <div class="set wide">
            <h3>{moment.words()}</h3>
            <div class="ctl cells">{cells}</div>
        </div>
    }
}

fn cell(
    moment: Moment,
    reader: Reader,
    mut fields: Fields,
    changed: &[String],
    meant: usize,
) -> impl IntoView + use<> {
    let on = |what: &str| fields.mail.contains(&tick(moment, reader, what));
    let (usual, critical) = (on("usual"), on("critical"));
    let to = fields.to(moment, reader).clone();
    // of herself everybody knows how many she is
    let count = (reader != Reader::Requestor).then(|| {
        let meant = Reach { people: meant, addresses: 0 };
        view! { <span class="muted">{format!("({} today)", meant.words())}</span> }
    });
    let differs = changed.iter().any(|setting| setting == change::mail_setting(moment, reader));
    view! {
        <fieldset class="stack tight" class:changed=differs>
            <legend class="sm">
                <b>{format!("To {} ", reader.words())}</b> {count} <span class="vh">{format!(": {}", moment.words())}</span>
            </legend>
            <div class="stack tight">
                <label class="tick">
                    <input type="checkbox" name="mail[]" value=tick(moment, reader, "usual") checked=usual />
                    <span>"Tell them"</span>
                </label>
                <label class="tick">
                    <input type="checkbox" name="mail[]" value=tick(moment, reader, "critical") checked=critical />
                    <span>"Only what needs an answer"</span>
                </label>
            </div>
            <TextField
                name=field(moment, reader, "to")
                label="Further addresses"
                value=to
                optional=true
            />
        </fieldset>
    }
}
