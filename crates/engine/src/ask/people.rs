//! The list of people, and what each has.

use crate::ask::by_name::{Page, Placed, Turn, keeps_plan, looked_for};
use crate::ask::deleted;
use crate::ask::who::Who;
use crate::{Ctx, Engine, Result, authority};
use domain::authz::{Action, allows};
use sqlx::PgConnection;
use uuid::Uuid;

/// Which people.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Show {
    /// Everybody.
    #[default]
    All,
    /// Who may sign in.
    Enabled,
    /// Who may not.
    Disabled,
    /// Invited from outside.
    Guests,
}

impl Show {
    /// All, in the order of the filter.
    pub const ALL: [Show; 4] = [Show::All, Show::Enabled, Show::Disabled, Show::Guests];

    /// The stable word, in the address.
    pub const fn wire(self) -> &'static str {
        match self {
            Show::All => "all",
            Show::Enabled => "enabled",
            Show::Disabled => "disabled",
            Show::Guests => "guests",
        }
    }

    /// From the address; anything else shows everybody.
    pub fn parse(word: &str) -> Self {
        Self::ALL.into_iter().find(|show| show.wire() == word).unwrap_or_default()
    }
}

/// What the address asks for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Letters of a name, user name or address, from two on.
    pub text: String,
    /// Which people.
    pub show: Show,
    /// Where the page begins.
    pub turn: Turn,
}

impl Wanted {
    /// Which people. What is not asked is not in the statement: a plan for both would use no index.
    fn conditions(&self) -> String {
        let text = " and lower(u.display_name || ' ' || u.user_name || ' ' || coalesce(u.mail, '')) \
            like '%' || $3 || '%'";
        let text = if looked_for(&self.text).is_some() { text } else { "" };
        let show = match self.show {
            Show::All => "",
            Show::Enabled => " and u.enabled",
            Show::Disabled => " and not u.enabled",
            Show::Guests => " and u.user_type = 'guest'",
        };
        format!("{text}{show}")
    }
}

/// The page.
#[derive(Clone, Debug)]
pub struct People {
    /// In the order of names.
    pub page: Page<Row>,
    /// May create people.
    pub creates: bool,
    /// May take deleted people back.
    pub restores: bool,
    /// May read a directory export.
    pub imports: bool,
}

/// A person.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Row {
    /// Who.
    #[sqlx(flatten)]
    pub who: Who,
    place: String,
    /// May sign in.
    pub enabled: bool,
    /// Invited from outside.
    pub guest: bool,
    /// Activated now.
    pub on_now: i64,
    /// May activate.
    pub eligible: i64,
    /// Active without activation.
    pub standing: i64,
}

impl Placed for Row {
    fn place(&self) -> (&str, Uuid) {
        (&self.place, self.who.id)
    }
}

/// Lists people for whoever may look everybody up.
///
/// # Errors
/// Not for this person.
pub async fn people(engine: &Engine, ctx: &Ctx, wanted: &Wanted) -> Result<People> {
    authority::require(ctx, &Action::ListPeople)?;
    let mut conn = engine.pool.acquire().await?;
    Ok(People {
        page: list(&mut conn, wanted).await?,
        creates: allows(&ctx.actor, &Action::CreatePerson),
        restores: deleted::restores_people(ctx),
        imports: allows(&ctx.actor, &Action::Import),
    })
}

/// The list itself; the caller has looked whether it may be shown.
pub(super) async fn list(conn: &mut PgConnection, wanted: &Wanted) -> Result<Page<Row>> {
    let (name, id) = wanted.turn.bound();
    let rows = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select u.id, u.display_name as name, u.user_name, coalesce(u.department, '') as department, \
           lower(u.display_name) as place, u.enabled, u.user_type = 'guest' as guest, \
           held.on_now, held.eligible, held.standing \
         from users u cross join lateral ( \
           select count(*) filter (where a.origin = 'activated' and a.starts_at <= clock()) as on_now, \
             count(*) filter (where a.kind = 'eligible') as eligible, \
             count(*) filter (where a.kind = 'active' and a.origin <> 'activated' and a.starts_at <= clock()) as standing \
           from assignments a where a.principal_id = u.id and (a.ends_at is null or a.ends_at > greatest(clock(), a.starts_at))) held \
         where u.deleted_at is null{}{}",
        wanted.conditions(),
        wanted.turn.sql("lower(u.display_name)", "u.id")
    )))
    .bind(name)
    .bind(id)
    .bind(looked_for(&wanted.text))
    .persistent(keeps_plan(&wanted.text))
    .fetch_all(conn)
    .await?;
    Ok(Page::of(rows, &wanted.turn))
}
