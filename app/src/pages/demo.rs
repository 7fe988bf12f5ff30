//! Who one can be in the demo. In every other mode there is nothing here.

use crate::ctx;
use crate::failure::Failure;
use crate::pages::page;
use crate::pages::said::said;
use crate::parts::prelude::*;
use crate::shell::site;
use engine::demo::{self, Shown};
use leptos::prelude::*;

/// `/demo`
#[component]
pub fn Demo() -> impl IntoView {
    page(async {
        if !site().demo {
            return Err(Failure::NotFound);
        }
        let shown = demo::shown(&ctx::engine()?).await?;
        let purpose = view! {
            "Choose whom to be. The password of everybody is "
            <code class="key">{demo::PASSWORD}</code>
            ". Codes change every 30 seconds: load this page again for the next one."
        }
        .into_any();
        Ok::<_, Failure>(view! {
            <Plain title="Demo" heading=format!("{}, the sample company", demo::COMPANY) purpose flash=said()>
                <ul class="personas">{shown.into_iter().map(|shown| view! { <Card shown /> }).collect_view()}</ul>
            </Plain>
        })
    })
}

#[component]
fn Card(shown: Shown) -> impl IntoView {
    let Shown { persona, code, .. } = shown;
    let who = Who {
        name: persona.name.to_owned(),
        user_name: persona.user_name.to_owned(),
        note: persona.who.to_owned(),
        href: None,
    };
    view! {
        <li>
            <Person who />
            {code.map(|code| view! { <output class="code">{spaced(&code)}</output> })}
            <p class="sm soft">{persona.try_this}</p>
            <Post action="/demo/sign-in">
                <HiddenField name="persona" value=persona.user_name />
                <button class="btn small">"Sign in as " <bdi>{persona.name}</bdi></button>
            </Post>
        </li>
    }
}

/// In the demo, makes the code of whoever is signed in known to the bar above the page.
pub async fn note() {
    if !site().demo {
        return;
    }
    let (Ok(caller), Ok(engine)) = (ctx::caller(), ctx::engine()) else { return };
    if let Ok(Some(code)) = demo::code_of(&engine, caller.person()).await {
        provide_context(DemoCode(code));
    }
}
