//! The people of Larkfield Energy.

use super::personas::PERSONAS;
use super::story::Story;
use crate::audit::About;
use crate::secret::{random, seal};
use crate::{Result, alike, ids, totp};
use domain::audit::Event;
use domain::ids::PersonId;

/// (user name, name, job, department, zone)
type Row = (&'static str, &'static str, &'static str, &'static str, &'static str);

const MEMBERS: &[Row] = &[
    ("amara.okafor", "Amara Okafor", "Platform engineer", "Platform engineering", "Europe/Oslo"),
    ("ben.lindqvist", "Ben Lindqvist", "Database lead", "Data platform", "Europe/Stockholm"),
    ("cleo.marchetti", "Cleo Marchetti", "Head of data platform", "Data platform", "Europe/Rome"),
    ("mei-ling.chen", "Mei-Ling Chen", "Data engineer", "Data engineering", "Europe/Oslo"),
    ("yuki.tanaka", "Yuki Tanaka", "Site reliability engineer", "Site reliability", "Europe/Oslo"),
    ("soren.dahl", "Søren Dahl", "Operations lead", "Operations", "Europe/Copenhagen"),
    ("jonas.weber", "Jonas Weber", "Security analyst", "Security operations", "Europe/Berlin"),
    ("fatima.elidrissi", "Fatima Zahra El Idrissi", "Data engineer", "Data engineering", "Europe/Madrid"),
    ("priya.raman", "Priya Raman", "Finance systems lead", "Finance systems", "Europe/London"),
    ("aino.virtanen", "Aino Virtanen", "Head of identity", "IT", "Europe/Helsinki"),
    ("tomasz.zielinski", "Tomasz Zieliński", "Directory engineer", "IT", "Europe/Warsaw"),
    ("rafael.duarte", "Rafael Duarte", "People administrator", "IT", "Europe/Lisbon"),
    ("niamh.osullivan", "Niamh O’Sullivan", "Access governance lead", "IT", "Europe/Dublin"),
    ("ingrid.solheim", "Ingrid Solheim", "Internal auditor", "Audit", "Europe/Oslo"),
    ("hanna.kowalska", "Hanna Kowalska", "Helpdesk agent", "Helpdesk", "Europe/Warsaw"),
    ("oluwaseun.adebayo", "Olúwaṣeun Adébáyọ̀", "Groups administrator", "IT", "Europe/London"),
    ("lena.brandt", "Lena Brandt", "Database engineer", "Data platform", "Europe/Berlin"),
    ("misaki.takahashi", "高橋 美咲", "Grid analyst", "Grid operations", "Asia/Tokyo"),
    ("ivan.petrov", "Иван Петров", "Backend engineer", "Settlement", "Europe/Sofia"),
    ("eleni.papadopoulou", "Ελένη Παπαδοπούλου", "Controller", "Finance", "Europe/Athens"),
    ("mohammed.elfassi", "محمد الفاسي", "Field engineer", "Grid operations", "Africa/Casablanca"),
    ("noa.levi", "נועה לוי", "Data scientist", "Data engineering", "Asia/Jerusalem"),
    ("seoyeon.kim", "김서연", "Trading analyst", "Trading", "Asia/Seoul"),
    ("minhkhai.nguyen", "Nguyễn Thị Minh Khai", "Accountant", "Finance", "Asia/Ho_Chi_Minh"),
    ("thordis.jonsdottir", "Þórdís Jónsdóttir", "Hydro engineer", "Grid operations", "Atlantic/Reykjavik"),
    ("zoe.vandenberg", "Zoë van den Berg", "Product owner CRM", "Customer systems", "Europe/Amsterdam"),
    ("jose.alvarez", "José María Álvarez-Núñez", "CRM specialist", "Customer systems", "Europe/Madrid"),
    ("cagla.ozturk", "Çağla Öztürk", "Network engineer", "Platform engineering", "Europe/Istanbul"),
    ("lukasz.wisniewski", "Łukasz Wiśniewski", "Platform engineer", "Platform engineering", "Europe/Warsaw"),
    ("anjali.mehta", "Anjali Mehta", "Payroll specialist", "Finance", "Asia/Kolkata"),
    ("david.oconnor", "David O’Connor", "Shift lead", "Grid operations", "Europe/Dublin"),
    ("emma.larsen", "Emma Larsen", "Office manager", "Finland office", "Europe/Helsinki"),
];

const FROM_ELSEWHERE: &[Row] = &[
    ("henrik.aas", "Henrik Aas", "Ledger operator", "Finance", "Europe/Oslo"),
    ("grete.lund", "Grete Lund", "Ledger operator", "Finance", "Europe/Oslo"),
];

const GUESTS: &[Row] = &[
    ("dmitri.sokolov", "Dmitri Sokolov", "Contractor, Nordlys Data", "", "Europe/Riga"),
    ("chloe.bernard", "Chloé Bernard", "External auditor, Kestrel Audit", "", "Europe/Paris"),
    ("anders.moller", "Anders Møller", "Turbine vendor, Vindkraft Service", "", "Europe/Copenhagen"),
];

const DISABLED: &[Row] = &[
    ("gustav.holm", "Gustav Holm", "Helpdesk lead", "Helpdesk", "Europe/Oslo"),
    ("marta.silva", "Marta Silva", "Data engineer", "Data engineering", "Europe/Lisbon"),
    ("pavel.novak", "Pavel Novák", "Contractor, Nordlys Data", "", "Europe/Prague"),
];

/// Came two days ago. The last letter of the name is Cyrillic.
const TWIN: Row = ("c.marchetti2", "Cleo Marchett\u{456}", "", "", "UTC");

/// How a person is known to the directory.
struct Manner {
    user_type: &'static str,
    source: &'static str,
    enabled: bool,
    since: i64,
}

pub(super) async fn tell(story: &mut Story<'_>, password: &str) -> Result<()> {
    let usual = |user_type, source, enabled| Manner { user_type, source, enabled, since: 420 };
    let parts = [
        (MEMBERS, usual("member", "cloud", true)),
        (FROM_ELSEWHERE, usual("member", "on_premises", true)),
        (GUESTS, Manner { since: 150, ..usual("guest", "cloud", true) }),
        (DISABLED, usual("member", "cloud", false)),
        (&[TWIN], Manner { since: 2, ..usual("member", "cloud", true) }),
    ];
    for (rows, manner) in parts {
        for row in rows {
            insert(story, row, &manner).await?;
        }
    }
    for persona in PERSONAS {
        credentials(story, persona.user_name, password).await?;
    }
    credentials(story, TWIN.0, password).await
}

async fn insert(story: &mut Story<'_>, row: &Row, manner: &Manner) -> Result<()> {
    let (user_name, name, job, department, zone) = *row;
    let id = PersonId(ids::new());
    sqlx::query("insert into principals (id, kind) values ($1, 'user')")
        .bind(id.0)
        .execute(&mut *story.tx)
        .await?;
    let host = if manner.user_type == "guest" { "guests.larkfield.example" } else { "larkfield.example" };
    let since = story.days_ago(manner.since);
    sqlx::query(
        "insert into users (id, user_name, display_name, mail, job_title, department, user_type, source, enabled, \
         time_zone, created_at, alike_key, alike_of) \
         values ($1, $2, $3, $4, nullif($5, ''), nullif($6, ''), $7, $8, $9, $10, $11, $12, $3)",
    )
    .bind(id.0)
    .bind(user_name)
    .bind(name)
    .bind(format!("{user_name}@{host}"))
    .bind(job)
    .bind(department)
    .bind(manner.user_type)
    .bind(manner.source)
    .bind(manner.enabled)
    .bind(zone)
    .bind(since)
    .bind(alike::key(name))
    .execute(&mut *story.tx)
    .await?;
    story.people.insert(user_name, id);
    let about = About { principal: Some(id.into()), ..About::default() };
    story.tell(since, Event::PersonCreated, None, about);
    Ok(())
}

/// The shared password, and an authenticator app of her own.
async fn credentials(story: &mut Story<'_>, user_name: &str, password: &str) -> Result<()> {
    let person = story.person(user_name)?;
    sqlx::query("insert into passwords (user_id, hash) values ($1, $2)")
        .bind(person.0)
        .bind(password)
        .execute(&mut *story.tx)
        .await?;
    let sealed =
        seal(&story.engine.settings, totp::place(&person.to_string()), &random::<{ totp::SECRET }>()?)?;
    sqlx::query(
        "insert into totp_factors (user_id, secret, confirmed_at, created_at) \
         select id, $2, created_at, created_at from users where id = $1",
    )
    .bind(person.0)
    .bind(sealed)
    .execute(&mut *story.tx)
    .await?;
    Ok(())
}
