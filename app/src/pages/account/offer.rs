//! A new secret for an authenticator app, as QR code and as text.

use crate::ctx;
use crate::failure::Failure;
use crate::parts::prelude::*;
use domain::ids::PersonId;
use engine::act::enrol_factor::{self, Offer};
use leptos::prelude::*;

/// The offer of this page: the one that a refused form carried, else a new one.
pub async fn offer(person: PersonId) -> Result<Offer, Failure> {
    let engine = ctx::engine()?;
    Ok(match Answers::here().value("sealed") {
        Some(sealed) => enrol_factor::again(&engine, person, sealed).await?,
        None => enrol_factor::begin(&engine, person).await?,
    })
}

/// The QR code, the key beside it, and the hidden field of the form around it.
#[component]
pub fn Offered(
    /// What to set up.
    offer: Offer,
) -> impl IntoView {
    let key: Vec<_> = offer
        .key
        .as_bytes()
        .chunks(4)
        .filter_map(|group| str::from_utf8(group).ok())
        .map(str::to_owned)
        .collect();
    view! {
        <HiddenField name="sealed" value=offer.sealed />
        <p>"Scan this with an authenticator app on your phone:"</p>
        <Qr text=offer.uri label="QR code for your authenticator app" />
        <p class="sm">
            "Or type this key into the app: " <code>{key.join(" ")}</code>
        </p>
    }
}
