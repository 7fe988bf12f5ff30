//! A person: what she can reach and why comes first.

use super::address;
use super::list::AccountState;
use super::reach::ReachTable;
use crate::ctx::{self, caller, engine};
use crate::failure::Failure;
use crate::pages::access::InApplications;
use crate::pages::said::said;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use domain::authz::{Action, allows};
use domain::target::TargetKind;
use engine::ask::absence::Absences;
use engine::ask::person::{self, Asked, How, PersonPage as Found, Reach, SignIn, What};
use engine::ask::provisioned::{self, Provisioned};
use leptos::prelude::*;

/// `/people/{user}`
#[component]
pub fn PersonPage() -> impl IntoView {
    page(async {
        let user = ctx::param("user").ok_or(Failure::NotFound)?;
        let (engine, caller) = (engine()?, caller()?);
        let found = person::person(&engine, &caller, &user).await?;
        // for who looks after applications
        let there = match allows(&caller.actor, &Action::ReadApplications) {
            true => provisioned::of(&engine, &caller, found.who.person()).await?,
            false => Vec::new(),
        };
        Ok(show(frame::here().await?, found, there))
    })
}

fn show(frame: Frame, found: Found, there: Vec<Provisioned>) -> impl IntoView {
    let clock = frame.clock;
    let list = frame.may.people.then(|| Crumb::to("People", "/people"));
    let crumbs = list.into_iter().chain([Crumb::here(found.who.name.clone())]).collect();
    let heading = found.who.name.clone();
    let facts = view! { <Head found=found.clone() /> }.into_any();
    let [then, why] = ["then", "why"].map(|page| format!("{}/{page}", address(&found.who.user_name)));
    let actions = buttons(&found);
    let stats = found.reach.as_deref().map(|reach| view! { <Stats numbers=numbers(reach) /> });
    let has_reach = found.reach.is_some();
    let roles = frame.may.roles;
    let reach =
        found.reach.map(|reach| view! { <ReachTable reach clock name=found.who.name.clone() roles /> });
    view! {
        <Page frame title="Person" heading current=Some(Entry::People) crumbs facts actions flash=said()>
            {found.protected.then(|| view! {
                <Notice tone=Tone::Info>
                    <p>
                        "Protected: this person holds a directory role now, or is in or owns a role-assignable group. Only a Privileged Authentication Administrator changes how they sign in, edits or disables them."
                    </p>
                </Notice>
            })}
            <LookAlikes others=found.look_alikes odd=found.odd_name />
            <Away absences=found.absences clock />
            {stats}
            {reach}
            {has_reach.then(|| view! {
                <p><a href=then>"What they could reach at another moment"</a> " · " <a href=why>"Why they can or can’t do something"</a></p>
            })}
            <InApplications rows=there clock />
            <Requests asked=found.asked clock />
            {found.sign_in.map(|sign_in| view! { <HowSheSignsIn sign_in clock /> })}
        </Page>
    }
}

#[component]
fn Head(found: Found) -> impl IntoView {
    let rest = [found.job_title, Some(found.who.department), found.mail];
    let rest: Vec<String> = rest.into_iter().flatten().filter(|text| !text.is_empty()).collect();
    view! {
        <p class="row">
            <Key key=found.who.user_name />
            <AccountState enabled=found.enabled guest=found.guest />
            {found.on_premises.then(|| view! { <Mark glyph=Glyph::Sync text="From another directory" /> })}
            <span class="sm">
                <bdi>{rest.join(" · ")}</bdi>
            </span>
        </p>
    }
}

fn buttons(found: &Found) -> AnyView {
    let to = |page: &str| format!("{}/{page}", address(&found.who.user_name));
    let may = found.may;
    let authenticator = found.sign_in.is_some_and(|sign_in| sign_in.authenticator.is_some());
    let state =
        if found.enabled { ("disable", "Disable", Look::Danger) } else { ("enable", "Enable", Look::Plain) };
    view! {
        {may.edit.then(|| view! { <Go href=to("edit") text="Edit" /> })}
        {(may.reset && found.enabled).then(|| view! { <Go href=to("link") text="Make a sign-in link" /> })}
        {(may.reset && authenticator).then(|| view! { <Go href=to("reset") text="Reset second factor" /> })}
        {may.disable.then(|| view! { <Go href=to(state.0) text=state.1 look=state.2 /> })}
        {may.delete.then(|| view! { <Go href=to("delete") text="Delete" look=Look::Danger /> })}
    }
    .into_any()
}

#[component]
fn LookAlikes(others: Vec<(engine::ask::who::Who, bool)>, odd: bool) -> impl IntoView {
    let names = others.into_iter().map(|(other, open)| {
        let href = open.then(|| address(&other.user_name));
        let named = view! { <Named who=other.into() /> };
        let named = match href {
            Some(href) => view! { <a href=href>{named}</a> }.into_any(),
            None => named.into_any(),
        };
        view! { <p>"The name looks like " {named} ", a different person."</p> }
    });
    let names: Vec<_> = names.collect();
    (odd || !names.is_empty()).then(|| {
        view! {
            <Notice tone=Tone::Wait>
                {names}
                {odd.then(|| view! { <p>"The name mixes scripts or holds characters that nobody sees."</p> })}
            </Notice>
        }
    })
}

/// Who decides for her, and for whom she does.
#[component]
fn Away(absences: Absences, clock: Clock) -> impl IntoView {
    let own = absences.own.map(|own| {
        let decides = match own.other {
            Some(who) => view! { " " <Named who=who.into() /> " decides in their place." }.into_any(),
            None => " Nobody stands in.".into_any(),
        };
        view! { <p>"Away until " <When at=own.until clock /> "." {decides}</p> }
    });
    let others = absences.others.into_iter().filter_map(|away| {
        let who = away.other?;
        Some(view! { <p>"Decides in place of " <Named who=who.into() /> " until " <When at=away.until clock /> "."</p> })
    });
    let others: Vec<_> = others.collect();
    (own.is_some() || !others.is_empty()).then(|| {
        view! {
            <Notice tone=Tone::Info>
                {own}
                {others}
            </Notice>
        }
    })
}

/// What counts at a glance.
fn numbers(reach: &[Reach]) -> Vec<Number> {
    let count = |fits: &dyn Fn(&Reach) -> bool| {
        number(i64::try_from(reach.iter().filter(|each| fits(each)).count()).unwrap_or(i64::MAX))
    };
    let line = |label: &str, value: String| Number { label: label.into(), value, ..Number::default() };
    let is_role = |each: &Reach| matches!(each.what, What::Role(_)) || !each.leads_to.is_empty();
    vec![
        line("On now", count(&|each| each.how == How::Activated)),
        line("Can switch on", count(&|each| each.how == How::Eligible)),
        line("Standing", count(&|each| each.how == How::Standing)),
        line("Leads further", count(&is_role)),
    ]
}

#[component]
fn Requests(asked: Vec<Asked>, clock: Clock) -> impl IntoView {
    (!asked.is_empty()).then(|| {
        let rows: Vec<_> = asked.into_iter().map(|asked| view! { <RequestRow asked clock /> }).collect();
        let cols = ["Request", "Role", "Asked", "State"].map(Col::new).into();
        view! {
            <section class="section" aria-labelledby="asked">
                <SectionHead id="asked" heading="Asked for lately" />
                <div class="card">
                    <Table cols>{rows}</Table>
                </div>
            </section>
        }
    })
}

#[component]
fn RequestRow(asked: Asked, clock: Clock) -> impl IntoView {
    let kind = TargetKind::parse(&asked.access);
    let area = if kind == Some(TargetKind::Role) { "roles" } else { "groups" };
    let state = match asked.status.as_str() {
        "PendingApproval" | "PendingAdminDecision" => State::Waiting,
        "Granted" => State::StartsLater,
        "Provisioned" | "AdminApproved" => State::Approved,
        "Denied" | "AdminDenied" => State::Denied,
        "Canceled" => State::Cancelled,
        "TimedOut" => State::Lapsed,
        _ => State::Failed,
    };
    let words = match asked.action.as_str() {
        "selfActivate" => "activation",
        "adminActivate" => "activation, asked on behalf",
        "selfExtend" => "extension",
        "selfRenew" => "renewal",
        "selfDeactivate" => "given back",
        "adminAssign" => "assignment",
        "adminUpdate" => "change",
        _ => "removal",
    };
    let text = (state == State::Failed).then(|| "Closed by the system".to_owned());
    view! {
        <tr>
            <RowHead>
                <GroupName name=asked.group href=asked.open.then(|| format!("/{area}/{}", asked.key)) />
                <small class="muted">{format!("R-{} · {words}", asked.number)}</small>
            </RowHead>
            <Cell label="Role">{kind.map(|access| view! { <RoleTag access /> })}</Cell>
            <Cell label="Asked">
                <When at=asked.created_at clock />
            </Cell>
            <Cell label="State">
                {match text {
                    Some(text) => view! { <Badge state text /> }.into_any(),
                    None => view! { <Badge state /> }.into_any(),
                }}
            </Cell>
        </tr>
    }
}

#[component]
fn HowSheSignsIn(sign_in: SignIn, clock: Clock) -> impl IntoView {
    let when = |at: Option<chrono::DateTime<chrono::Utc>>, never: &'static str| match at {
        Some(at) => view! { <When at clock /> }.into_any(),
        None => never.into_any(),
    };
    let facts = vec![
        ("Password", if sign_in.password { "Set" } else { "None" }.into_any()),
        ("Authenticator app", when(sign_in.authenticator, "None")),
        ("Recovery codes left", number(sign_in.recovery_codes).into_any()),
        ("Sessions", number(sign_in.sessions).into_any()),
        ("Last seen", when(sign_in.last_seen, "Not signed in")),
    ];
    view! {
        <section class="section" aria-labelledby="sign-in">
            <SectionHead id="sign-in" heading="Sign-in and factors" />
            <div class="card pad">
                <Facts facts />
            </div>
        </section>
    }
}
