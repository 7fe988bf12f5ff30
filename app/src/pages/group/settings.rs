//! `/groups/{key}/settings`, `/roles/{role}/settings`: the policy form. "Review changes" shows the same form with what would change.

mod fields;
mod matrix;
mod review;

use super::head::{GroupPage, On};
use crate::api::people::suggest;
use crate::api::policies::fields::Fields;
use crate::api::policies::meant;
use crate::ctx;
use crate::failure::Failure;
use crate::islands::policy_review::FORM;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use domain::policy::change;
use domain::refusal::Refusal;
use domain::target::{Access, TargetKind};
use engine::approvers::Named;
use engine::ask::policy_form::{self, PolicyForm, Preview};
use engine::ask::thing::Place;
use leptos::prelude::*;

/// The page.
#[component]
pub fn Settings() -> impl IntoView {
    page(async {
        let (engine, caller, place, role) =
            (ctx::engine()?, ctx::caller()?, super::place()?, super::access());
        let shown = policy_form::policy_form(&engine, &caller, &place, role).await?;
        let frame = frame::here().await?;
        let clock = frame.clock;
        let content = if shown.header.manages {
            let typed = typed(&shown, role).await?;
            form(&shown, typed).await?
        } else {
            let settings = shown.settings.clone();
            view! { <section class="card pad mt6"><Words settings /></section> }.into_any()
        };
        let tabs = (shown.kind != TargetKind::Role).then(|| {
            let tab = |access: Access| {
                let href = format!("{place}/settings{}", which(access.into()));
                Tab::new(heading(access.into()), href, access == role)
            };
            view! { <Segments label="Settings for" tabs=Access::ALL.map(tab).to_vec() /> }
        });
        let gap = shown.gap.clone().map(|text| view! { <Notice tone=Tone::Bad><p>{text}</p></Notice> });
        Ok::<_, Failure>(view! {
            <GroupPage frame header=shown.header.clone() on=On::Settings outcome="Nothing was saved.">
                <div class="row">
                    {tabs}
                    <Saved shown=shown.clone() clock />
                </div>
                {gap}
                {content}
                <Versions shown clock />
            </GroupPage>
        })
    })
}

/// What stands in the form: typed before, taken from an earlier version, or what is in force.
struct Typed {
    fields: Fields,
    preview: Option<Preview>,
    unread: Vec<Refusal>,
}

async fn typed(shown: &PolicyForm, role: Access) -> Result<Typed, Failure> {
    let (engine, caller, place) = (ctx::engine()?, ctx::caller()?, super::place()?);
    let answers = Answers::here();
    let from = ctx::query("from").and_then(|n| n.parse().ok());
    let (fields, based_on) = match (answers.sent(), from) {
        (true, _) => {
            let based_on = answers.value("version").and_then(|version| version.parse().ok());
            let typed = Fields::typed(&answers).or_matrix(&shown.current.policy.notifications);
            (typed, based_on.unwrap_or(shown.current.version))
        }
        (false, Some(number)) => {
            let old = policy_form::version(&engine, &caller, &place, role, number).await?;
            (Fields::of(&old.policy), shown.current.version)
        }
        (false, None) => {
            let fields = Fields::of(&shown.current.policy);
            return Ok(Typed { fields, preview: None, unread: Vec::new() });
        }
    };
    let (preview, unread) = match meant(&engine, &fields).await? {
        Ok(policy) => {
            let reason = answers.value("reason").unwrap_or_default();
            let preview =
                policy_form::preview(&engine, &caller, &place.pick(role), &policy, based_on, reason).await?;
            (Some(preview), Vec::new())
        }
        Err(unread) => (None, unread),
    };
    Ok(Typed { fields, preview, unread })
}

async fn form(shown: &PolicyForm, typed: Typed) -> Result<AnyView, Failure> {
    let group = super::group_key();
    let (first, later) = match &typed.preview {
        Some(preview) => (&preview.approvers, &preview.later),
        None => (&shown.approvers, &shown.later),
    };
    let suggested = |named: &[Named]| named.iter().map(fields::suggestion).collect();
    let picks = suggest::picks("approvers[]", suggested(first), group.clone(), true).await?;
    let later = suggest::picks("escalation_approvers[]", suggested(later), group.clone(), true).await?;
    let changed: Vec<String> = typed
        .preview
        .iter()
        .flat_map(|preview| preview.changes.iter().map(|change| change.setting.clone()))
        .collect();
    let (version, role) = (shown.current.version, role_field(shown));
    let audience = typed.preview.as_ref().map_or(shown.audience, |preview| preview.audience);
    let (warnings, which) = (shown.warnings.clone(), which(shown.kind));
    Ok(view! {
        <Post class="split mt6" id=FORM>
            <HiddenField name="key" value=group.clone().unwrap_or_default() />
            <HiddenField name="version" value=version.to_string() />
            <HiddenField name="role" value=role.clone() />
            <div class="stack loose">
                <fields::Activation fields=typed.fields.clone() changed=changed.clone() picks later group />
                <fields::Assignment fields=typed.fields.clone() changed=changed.clone() />
                <fields::Emergency fields=typed.fields.clone() changed=changed.clone() />
                <matrix::Mails fields=typed.fields changed audience />
            </div>
            <aside class="sticky stack" aria-label="Before you save">
                <review::BeforeYouSave preview=typed.preview unread=typed.unread next=version + 1 which warnings />
            </aside>
        </Post>
    }
    .into_any())
}

/// What the field `role` says: member or owner of the group in the address, or the role.
fn role_field(shown: &PolicyForm) -> String {
    match &shown.header.place {
        Place::Group(_) => shown.kind.wire().to_owned(),
        Place::Role(role) => role.wire().to_owned(),
    }
}

/// The query that names one of the two policies of a group; a role has but one.
pub fn which(kind: TargetKind) -> String {
    kind.access().map_or_else(|| "?".to_owned(), |access| format!("?role={}", access.wire()))
}

/// What the policy of a target rules.
pub fn heading(kind: TargetKind) -> &'static str {
    match kind {
        TargetKind::Member => "Becoming a member",
        TargetKind::Owner => "Becoming an owner",
        TargetKind::Role => "Holding the role",
    }
}

#[component]
fn Saved(shown: PolicyForm, clock: Clock) -> impl IntoView {
    let newest = shown.versions.into_iter().next();
    newest.map(|newest| {
        let by = newest.saved_by.unwrap_or_else(|| "Pimento".to_owned());
        view! {
            <span class="sm muted">
                {format!("Version {}, saved ", newest.version)} <When at=newest.saved_at clock form=Form::Day /> " by "
                <bdi>{by}</bdi> " · " <a href="#versions">"Earlier versions"</a>
            </span>
        }
    })
}

#[component]
fn Versions(shown: PolicyForm, clock: Clock) -> impl IntoView {
    let (place, which) = (shown.header.place, which(shown.kind));
    let rows: Vec<_> = shown
        .versions
        .into_iter()
        .map(|version| {
            let href = format!("{place}/settings/versions/{}{which}", version.version);
            let by = version.saved_by.unwrap_or_else(|| "Pimento".to_owned());
            view! {
                <tr>
                    <RowHead><a href=href>{format!("Version {}", version.version)}</a></RowHead>
                    <Cell label="Saved"><When at=version.saved_at clock /></Cell>
                    <Cell label="By"><bdi>{by}</bdi></Cell>
                    <Cell label="Reason"><bdi>{version.reason}</bdi></Cell>
                </tr>
            }
        })
        .collect();
    view! {
        <section class="section" aria-labelledby="versions">
            <SectionHead id="versions" heading="Versions" />
            <div class="card">
                <Table class="cards late" cols=["Version", "Saved", "By", "Reason"].map(Col::new).to_vec()>{rows}</Table>
            </div>
        </section>
    }
}

/// A policy in words, for those who only read it.
#[component]
pub fn Words(
    /// Settings and what they say.
    settings: Vec<change::Setting>,
) -> impl IntoView {
    let facts = settings.into_iter().map(|(label, says)| (label, view! { <bdi>{says}</bdi> }.into_any()));
    view! { <Facts facts=facts.collect() /> }
}

/// Changes in words, or what to say when there are none.
pub fn diff(changes: Vec<change::Change>, nothing: &'static str) -> AnyView {
    if changes.is_empty() {
        return view! { <p class="sm muted">{nothing}</p> }.into_any();
    }
    let changes = changes
        .into_iter()
        .map(|change| crate::parts::diff::Change {
            what: change.setting,
            old: Some(change.old),
            new: Some(change.new),
        })
        .collect();
    view! { <Diff changes /> }.into_any()
}
