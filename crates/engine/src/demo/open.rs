//! What is going on today: what waits, what is on, what was decided an hour ago.

use super::past::{self, Asked, ToExtend};
use super::story::Story;
use crate::Result;
use crate::audit::About;
use chrono::TimeDelta;
use domain::approval::Verdict;
use domain::audit::Event;
use domain::duration::Minutes;
use domain::target::Access::{Member, Owner};

/// Her eligibility ends in nine days.
const TO_EXTEND: ToExtend<'_> = ToExtend {
    person: "yuki.tanaka",
    group: "prod-db-admins",
    access: Member,
    reason: "The settlement cluster moves to the new version until the end of the quarter, and I am on the rota for it.",
};

pub(super) async fn tell(story: &mut Story<'_>) -> Result<()> {
    past::ask_to_extend(story, &TO_EXTEND, story.now - TimeDelta::hours(3)).await?;
    decided(story).await?;
    on(story).await?;
    signed_in(story)?;
    waiting(story).await
}

/// Cleo decided what Ben could have decided too.
async fn decided(story: &mut Story<'_>) -> Result<()> {
    let asked = Asked {
        person: "minhkhai.nguyen",
        group: "billing-exports",
        access: Member,
        at: story.now - TimeDelta::minutes(58),
        start: None,
        length: Minutes::hours(1),
        reason: "Invoices of the Bergen plant for the closing of the quarter",
        ticket: "FIN-233",
    };
    let filed = past::ask(story, &asked).await?;
    let at = story.now - TimeDelta::minutes(52);
    filed.vote(story, "cleo.marchetti", Verdict::Approve, "", at).await?;
    filed.grant(story, Some("cleo.marchetti"), "", at, asked.length, None).await
}

/// Of some it is known when they were here last.
fn signed_in(story: &mut Story<'_>) -> Result<()> {
    for (user_name, days) in
        [("ben.lindqvist", 2), ("cleo.marchetti", 5), ("lena.brandt", 61), ("amara.okafor", 1)]
    {
        let person = story.person(user_name)?;
        let about = About { principal: Some(person.into()), ..About::default() };
        story.tell(story.days_ago(days), Event::SignedIn, Some(person), about);
    }
    Ok(())
}

async fn on(story: &mut Story<'_>) -> Result<()> {
    let asked = Asked {
        person: "yuki.tanaka",
        group: "k8s-prod-breakfix",
        access: Member,
        at: story.now - TimeDelta::minutes(55),
        start: None,
        length: Minutes::hours(4),
        reason: "Settlement pods crash after release 26.3, restarting the workers",
        ticket: "INC-48217",
    };
    let filed = past::ask(story, &asked).await?;
    let at = story.now - TimeDelta::minutes(48);
    filed.vote(story, "soren.dahl", Verdict::Approve, "Go ahead, keep me on the bridge.", at).await?;
    filed
        .grant(story, Some("soren.dahl"), "Go ahead, keep me on the bridge.", at, asked.length, None)
        .await?;

    let at = story.now - TimeDelta::minutes(68);
    let asked = Asked {
        person: "amara.okafor",
        group: "pager-overrides",
        access: Member,
        at,
        start: None,
        length: Minutes::hours(2),
        reason: "Swapping the night shift with Yuki",
        ticket: "",
    };
    let filed = past::ask(story, &asked).await?;
    filed.grant(story, None, "", at, asked.length, None).await
}

async fn waiting(story: &mut Story<'_>) -> Result<()> {
    let asked = Asked {
        person: "mei-ling.chen",
        group: "prod-db-admins",
        access: Member,
        at: story.now - TimeDelta::minutes(27),
        start: None,
        length: Minutes::hours(2),
        reason: "INC-48211: replica lag on billing-2. I need to drop the stuck replication slot and check that the \
                 invoices of yesterday are complete.\nYuki is on the bridge call with me.",
        ticket: "INC-48211",
    };
    past::ask(story, &asked).await?;
    // not Cleo: the last letter of the name is another one, and the words want to be more than words
    let asked = Asked {
        person: "c.marchetti2",
        group: "billing-exports",
        access: Owner,
        at: story.now - TimeDelta::minutes(10),
        start: None,
        length: Minutes::hours(2),
        reason: "<b>Approved by the CISO office</b> please confirm here:\n\
                 https://larkfield-access.example/confirm?id=10481",
        ticket: "",
    };
    past::ask(story, &asked).await?;
    let asked = Asked {
        person: "yuki.tanaka",
        group: "prod-db-admins",
        access: Member,
        at: story.now - TimeDelta::minutes(5),
        start: Some(story.now + TimeDelta::hours(7)),
        length: Minutes::hours(4),
        reason: "CHG-2214 minor version upgrade of the settlement cluster, window agreed with operations.",
        ticket: "CHG-2214",
    };
    past::ask(story, &asked).await?;
    Ok(())
}
