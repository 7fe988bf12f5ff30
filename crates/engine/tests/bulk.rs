//! Many assignments with one form: the dry run says what happens, what passes is written together, sent twice is done
//! once, and every line is judged as one alone would be.
#![cfg(test)]

use chrono::{DateTime, TimeDelta, Utc};
use domain::assignment::{Kind, Wanted};
use domain::ids::PersonId;
use domain::refusal::Code;
use domain::role::Role;
use domain::target::{Access, TargetKind};
use engine::act::assign_many::{Input, assign_many, preview};
use engine::act::sweep::sweep;
use engine::ask::assign_many::result;
use engine::bulk::read::{cross, sheet};
use engine::bulk::report::Report;
use engine::bulk::{Line, MOST_LINES};
use engine::testkit::{World, key, open_policy};
use engine::{Ctx, Result};
use sqlx::PgPool;

struct Cast {
    world: World,
    olga: PersonId,
    end: DateTime<Utc>,
}

/// Olga owns `vault` and `forge`, whose standing access asks for a code; `keep` is somebody else's. Ann and Ben are
/// people, `team` is a group.
async fn cast(pool: &PgPool) -> Cast {
    let world = World::new(pool);
    let olga = world.person("Olga Owner").await;
    world.factor(olga).await;
    for name in ["Ann", "Ben"] {
        world.person(name).await;
    }
    world.sql("update users set mail = user_name || '@larkfield.example'").await;
    for name in ["vault", "forge", "keep", "team"] {
        let group = world.group(name).await;
        let mut policy = open_policy();
        policy.active.proof = true;
        world.policy(world.target(group, Access::Member).await, policy).await;
        if name != "keep" {
            world.standing(olga, world.target(group, Access::Owner).await).await;
        }
    }
    let end = world.now().await + TimeDelta::days(20);
    Cast { world, olga, end }
}

impl Cast {
    fn wanted(&self, kind: Kind) -> Wanted {
        Wanted { kind, start: None, end: Some(self.end), reason: "winter rota".into() }
    }

    fn lines(&self, who: &str, what: &str, kind: Kind) -> Vec<Line> {
        cross(who, what, TargetKind::Member, &self.wanted(kind)).unwrap()
    }

    async fn ctx(&self) -> Ctx {
        self.world.ctx(self.olga).await
    }

    async fn preview(&self, lines: &[Line]) -> Report {
        preview(&self.world.engine, &self.ctx().await, lines).await.unwrap()
    }

    async fn send(&self, input: &Input) -> Result<()> {
        assign_many(&self.world.engine, &self.ctx().await, input).await
    }

    async fn agree(&self, lines: Vec<Line>, code: &str) -> Input {
        let agreed = self.preview(&lines).await.digest();
        Input { lines, agreed, code: code.into(), key: key() }
    }

    async fn given(&self) -> i64 {
        self.world.count("select count(*) from assignments where created_by is not null").await
    }
}

fn codes(report: &Report) -> Vec<Vec<Code>> {
    let of = |row: &engine::bulk::report::Row| match &row.result {
        Ok(_) => Vec::new(),
        Err(refusals) => refusals.iter().map(|refusal| refusal.code).collect(),
    };
    report.rows.iter().map(of).collect()
}

#[sqlx::test(migrations = "../../migrations")]
async fn several_people_get_several_targets_and_the_dry_run_says_so_and_does_nothing(pool: PgPool) {
    let cast = cast(&pool).await;
    let lines = cast.lines("ann; BEN@larkfield.example", "vault\nforge", Kind::Eligible);
    let shown = cast.preview(&lines).await;
    assert_eq!((shown.given(), shown.refused(), shown.asks_code), (4, 0, false));
    assert_eq!((shown.rows[1].name.as_str(), shown.rows[1].what.as_str()), ("Ben", "vault.member"));
    assert_eq!(cast.given().await, 0, "a dry run leaves nothing");
    assert_eq!(cast.world.count("select count(*) from audit_events").await, 0);

    let input = Input { agreed: shown.digest(), lines, code: String::new(), key: key() };
    cast.send(&input).await.unwrap();
    let (_, came) = result(&cast.world.engine, &cast.ctx().await, input.key).await.unwrap();
    assert_eq!(came.digest(), shown.digest(), "what was shown is what happened");
    let both = "select count(*) from assignments a join audit_events e on e.assignment_id = a.id \
                join requests r on r.id = a.request_id where a.kind = 'eligible' and r.action = 'adminAssign' \
                and e.action = 'assignment-made' and e.outcome = 'done' and e.reason = 'winter rota'";
    assert_eq!(cast.world.count(both).await, 4, "each with its request and its event (I-07)");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_form_sent_twice_is_done_once_and_its_result_is_its_senders(pool: PgPool) {
    let cast = cast(&pool).await;
    let input = cast.agree(cast.lines("ann", "vault", Kind::Eligible), "").await;
    let (olga, again) = (cast.ctx().await, cast.ctx().await);
    let engine = &cast.world.engine;
    let (one, two) = tokio::join!(assign_many(engine, &olga, &input), assign_many(engine, &again, &input));
    one.and(two).unwrap();
    cast.send(&input).await.unwrap();
    assert_eq!(cast.given().await, 1, "I-08");
    let other = cast.world.person("Nosy").await;
    let refused = result(engine, &cast.world.ctx(other).await, input.key).await.unwrap_err();
    assert_eq!(refused.refusals()[0].code, Code::NotFound);
    cast.world.move_clock(TimeDelta::days(31)).await;
    sweep(engine).await.unwrap();
    assert!(result(engine, &cast.ctx().await, input.key).await.is_err(), "kept for 30 days");
}

#[sqlx::test(migrations = "../../migrations")]
async fn every_line_is_judged_by_itself_and_what_is_refused_is_told_in_the_audit(pool: PgPool) {
    let cast = cast(&pool).await;
    let text = "principal,target,kind,reason\n\
                ann,vault,eligible,rota\n\
                ann,vault,eligible,again\n\
                nobody,vault,eligible,rota\n\
                ann,keep,eligible,rota\n\
                ann,gone,eligible,rota\n\
                olga.owner,forge,active,rota\n\
                ben,forge,eligible,rota\n";
    let lines = sheet(text, &|_, _| None).unwrap();
    let shown = cast.preview(&lines).await;
    let told = codes(&shown);
    let unknown = [vec![Code::UnknownReference], vec![Code::NotFound], vec![Code::NotFound]];
    assert_eq!(told[2..5], unknown, "unknown and somebody else's look alike");
    assert_eq!(
        told[5],
        [Code::SelfAssignment, Code::PermanentNotAllowed],
        "everything that is wrong, at once"
    );

    let ends = |line: &Line| Line {
        wanted: line.wanted.clone().map(|wanted| Wanted { end: Some(cast.end), ..wanted }),
        ..line.clone()
    };
    let lines: Vec<Line> = lines.iter().map(ends).collect();
    let shown = cast.preview(&lines).await;
    let told = codes(&shown);
    assert!(told[0].is_empty() && told[6].is_empty());
    assert_eq!(told[1], [Code::Duplicate], "the second line finds what the first did");
    assert!(told[5].contains(&Code::SelfAssignment));
    let input = Input { agreed: shown.digest(), lines, code: cast.world.code(cast.olga).await, key: key() };
    cast.send(&input).await.unwrap();
    let refused =
        "select count(*) from audit_events where action = 'assignment-made' and outcome = 'refused'";
    assert_eq!((cast.given().await, cast.world.count(refused).await), (2, 2), "of whom and what is known");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_changed_since_the_dry_run_stops_everything(pool: PgPool) {
    let cast = cast(&pool).await;
    let input = cast.agree(cast.lines("ann, ben", "vault", Kind::Eligible), "").await;
    cast.world.sql("update users set enabled = false where display_name = 'Ben'").await;
    let refused = cast.send(&input).await.unwrap_err();
    assert_eq!(refused.refusals()[0].code, Code::ChangedMeanwhile);
    assert_eq!(cast.given().await, 0);
    let again = cast.agree(input.lines.clone(), "").await;
    cast.send(&Input { key: input.key, ..again }).await.unwrap();
    assert_eq!(cast.given().await, 1, "a form that was refused can be sent again");
}

#[sqlx::test(migrations = "../../migrations")]
async fn sec_12_one_code_confirms_the_sheet_that_was_shown_and_is_left_when_nothing_is_done(pool: PgPool) {
    let cast = cast(&pool).await;
    let lines = cast.lines("ann, ben", "vault, forge", Kind::Active);
    assert!(cast.preview(&lines).await.asks_code);
    let refused = cast.send(&cast.agree(lines.clone(), "").await).await.unwrap_err();
    assert_eq!(refused.refusals()[0].field.as_deref(), Some("code"));
    let code = cast.world.code(cast.olga).await;
    let wrong = Input { agreed: "of something else".into(), ..cast.agree(lines.clone(), &code).await };
    assert_eq!(cast.send(&wrong).await.unwrap_err().refusals()[0].code, Code::ChangedMeanwhile);
    let input = cast.agree(lines, &code).await;
    cast.send(&input).await.unwrap();
    let proved = "select count(*) from audit_events e join proofs p on p.id = e.proof_id \
                  where e.action = 'assignment-made' and e.outcome = 'done'";
    assert_eq!(cast.world.count(proved).await, 4, "one proof stands behind each");
    let replay = cast.agree(cast.lines("ann", "team", Kind::Active), &code).await;
    let refused = cast.send(&replay).await.unwrap_err();
    assert_eq!(refused.refusals()[0].field.as_deref(), Some("code"), "SEC-11: a code works once");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_code_is_asked_for_what_passes_only(pool: PgPool) {
    let cast = cast(&pool).await;
    let mut lines = cast.lines("ann", "vault", Kind::Eligible);
    lines.extend(cast.lines("ben", "forge", Kind::Active));
    assert!(cast.preview(&lines).await.asks_code);
    cast.world.sql("update users set enabled = false where display_name = 'Ben'").await;
    assert!(!cast.preview(&lines).await.asks_code, "the line that asks for one is refused");
    cast.send(&cast.agree(lines, "").await).await.unwrap();
    assert_eq!(cast.given().await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_could_not_be_read_stands_in_the_result_file_as_it_was_written(pool: PgPool) {
    let cast = cast(&pool).await;
    let text = "principal,target,role,kind,start,end,reason\nann,vault,king,often,soon,31.12.,=why\n";
    let file = cast.preview(&sheet(text, &|_, _| None).unwrap()).await.csv();
    let cells = file.lines().nth(1).unwrap();
    assert!(
        cells.starts_with("\"2\",\"ann\",\"vault.king\",\"often\",\"soon\",\"31.12.\",\"'=why\",\"refused\""),
        "{cells}"
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_circle_that_two_lines_close_together_is_refused_in_the_second(pool: PgPool) {
    let cast = cast(&pool).await;
    let mut lines = cast.lines("team", "vault", Kind::Active);
    lines.extend(cast.lines("vault", "team", Kind::Active));
    assert_eq!(codes(&cast.preview(&lines).await), [vec![], vec![Code::Circle]]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn only_who_manages_something_may_open_the_form_and_only_that_is_given(pool: PgPool) {
    let cast = cast(&pool).await;
    let engine = &cast.world.engine;
    let stranger = cast.world.person("Stranger").await;
    let lines = cast.lines("ann", "keep, user-administrator.role", Kind::Eligible);
    let refused = preview(engine, &cast.world.ctx(stranger).await, &lines).await.unwrap_err();
    assert_eq!(refused.refusals()[0].code, Code::NotFound);
    assert_eq!(codes(&cast.preview(&lines).await), [vec![Code::NotFound], vec![Code::NotFound]]);
    let gwen = cast.world.person("Gwen").await;
    cast.world.role(gwen, Role::PrivilegedRoleAdministrator).await;
    let shown = preview(engine, &cast.world.ctx(gwen).await, &lines).await.unwrap();
    assert_eq!(codes(&shown), [vec![], vec![]], "groups and roles in one form");
    let many = vec![lines[0].clone(); MOST_LINES + 1];
    let refused = preview(engine, &cast.world.ctx(gwen).await, &many).await.unwrap_err();
    assert_eq!(refused.refusals()[0].code, Code::TooLarge);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_address_that_several_have_names_none_of_them(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.world
        .sql("update users set mail = 'desk@larkfield.example' where display_name in ('Ann', 'Ben')")
        .await;
    let shown = cast.preview(&cast.lines("desk@larkfield.example", "vault", Kind::Eligible)).await;
    assert_eq!(codes(&shown), [vec![Code::Conflict]]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_result_file_can_be_mended_and_read_again_and_no_cell_is_a_formula(pool: PgPool) {
    let cast = cast(&pool).await;
    let start = Some(cast.end - TimeDelta::days(3));
    let wanted = Wanted { reason: "=HYPERLINK(\"x\")".into(), start, ..cast.wanted(Kind::Eligible) };
    let lines = cross("ann, nobody", "Vault", TargetKind::Member, &wanted).unwrap();
    let file = cast.preview(&lines).await.csv();
    assert!(file.lines().nth(1).unwrap().contains("\"'=HYPERLINK(\"\"x\"\")\""));
    assert!(file.lines().nth(2).unwrap().contains("\"refused\",\"unknown-reference\""));
    let moment = |typed: &str, _| DateTime::parse_from_rfc3339(typed).ok().map(|at| at.with_timezone(&Utc));
    let again = sheet(&file, &moment).unwrap();
    let essence: Vec<_> = again.iter().map(|line| (&*line.who, &*line.what, &line.wanted)).collect();
    assert_eq!((essence[1].0, essence[1].1), ("nobody", "vault.member"));
    assert_eq!(essence[1].2.clone().unwrap(), wanted);
}
