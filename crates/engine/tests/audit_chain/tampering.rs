//! SEC-44: a thousand random tamperings of what was anchored, and some in the database with every trigger off, as its
//! owner can; every one is found.

use crate::support::*;
use ed25519_dalek::SigningKey;

/// How many events.
const EVENTS: i64 = 60;

/// Chance that comes out the same for one seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        ((mixed ^ (mixed >> 27)) % sides as u64) as usize
    }
}

/// Events of every shape, the last one anchored.
async fn world(pool: &PgPool) -> (World, Vec<Link>, Anchor) {
    let world = World::new(pool);
    let (ann, group) = (world.person("Ann").await, world.group("ops").await);
    let target = world.target(group, Access::Member).await;
    world
        .sql(&format!(
            "insert into audit_events (action, outcome, actor_id, principal_id, group_id, target_id, reason, policy_version, \
             facts, ip) select case n % 3 when 0 then 'signed-in' else 'activation-started' end, \
             case n % 5 when 0 then 'refused' else 'done' end, case n % 2 when 0 then '{ann}'::uuid end, '{ann}', '{group}', \
             '{target}', 'reason ' || n, n, jsonb_build_object('n', n), '192.0.2.' || n from generate_series(1, {EVENTS}) n"
        ))
        .await;
    let links = links(&world).await;
    let last = links.last().unwrap();
    let key = SigningKey::from_bytes(&[5; 32]);
    let anchor = Anchor::sign(&key, last.entry.position, last.hash, last.entry.chained_at);
    (world, links, anchor)
}

fn check(links: &[Link], anchor: &Anchor) -> Result<(), Fault> {
    let mut verifier = Verifier::after(Head::START, vec![anchor.clone()]);
    links.iter().try_for_each(|link| verifier.take(link))?;
    verifier.end()
}

/// Makes hashes right from this place on, as anybody can.
fn rehash(links: &mut [Link], from: usize) {
    let mut before = from.checked_sub(1).map_or(Hash::ZERO, |place| links[place].hash);
    for (place, link) in links.iter_mut().enumerate().skip(from) {
        link.entry.position = place as i64 + 1;
        link.hash = link.entry.hash(&before);
        before = link.hash;
    }
}

/// Changes one field of an event.
fn edit(link: &mut Link, dice: &mut Dice) {
    let entry = &mut link.entry;
    let id = Some(uuid::Uuid::from_u128(dice.below(usize::MAX) as u128 + 1));
    match dice.below(19) {
        0 => entry.chained_at += chrono::TimeDelta::microseconds(1),
        1 => entry.number += 1000,
        2 => entry.at -= chrono::TimeDelta::microseconds(1),
        3 => entry.action.push('x'),
        4 => entry.outcome = if entry.outcome == "done" { "refused".into() } else { "done".into() },
        5 => entry.actor = id,
        6 => entry.principal = None,
        7 => entry.group = id,
        8 => entry.target = None,
        9 => entry.request = id,
        10 => entry.assignment = id,
        11 => entry.reason.clear(),
        12 => entry.ticket.push('0'),
        13 => entry.policy_version = None,
        14 => entry.facts = "{\"n\": 999}".into(),
        15 => entry.session_hash.push('a'),
        16 => entry.ip.clear(),
        17 => (entry.user_agent, entry.trace) = ("x".into(), "y".into()),
        _ => entry.proof = id,
    }
}

fn tamper(links: &mut Vec<Link>, dice: &mut Dice) -> &'static str {
    let place = dice.below(links.len());
    let other = (place + 1 + dice.below(links.len() - 1)) % links.len();
    match dice.below(9) {
        0 => {
            edit(&mut links[place], dice);
            "edit"
        }
        1 => {
            edit(&mut links[place], dice);
            let before = place.checked_sub(1).map_or(Hash::ZERO, |place| links[place].hash);
            links[place].hash = links[place].entry.hash(&before);
            "edit with its hash"
        }
        2 => {
            edit(&mut links[place], dice);
            rehash(links, place);
            "edit, and rebuild the chain"
        }
        3 => {
            links.remove(place);
            "delete"
        }
        4 => {
            links.remove(place);
            rehash(links, place);
            "delete, and rebuild the chain"
        }
        5 => {
            links.swap(place, other);
            "swap"
        }
        6 => {
            links.swap(place, other);
            rehash(links, place.min(other));
            "swap, and rebuild the chain"
        }
        7 => {
            let mut made = links[place].clone();
            edit(&mut made, dice);
            links.insert(place, made);
            if dice.below(2) == 0 {
                rehash(links, place);
            }
            "insert"
        }
        _ => {
            links.truncate(place);
            "cut the tail"
        }
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_thousand_tamperings_in_memory_are_found(pool: PgPool) {
    let (_world, good, anchor) = world(&pool).await;
    check(&good, &anchor).unwrap();
    let mut dice = Dice(44);
    for round in 0..1_000 {
        let mut links = good.clone();
        let what = tamper(&mut links, &mut dice);
        assert!(links != good, "round {round}: {what} changed nothing");
        assert!(check(&links, &anchor).is_err(), "round {round}: {what} was not found");
    }
}

/// What a superuser says to the database; `?` stands for a position.
const BY_SUPERUSER: [&str; 12] = [
    "update audit_events set reason = reason || '.' where seq = (select seq from audit_chain where position = ?)",
    "update audit_events set actor_id = null, principal_id = null, target_id = null where seq = (select seq from audit_chain where position = ?)",
    "update audit_events set outcome = case outcome when 'done' then 'refused' else 'done' end where seq = (select seq from audit_chain where position = ?)",
    "update audit_events set at = at - interval '1 microsecond' where seq = (select seq from audit_chain where position = ?)",
    "update audit_events set facts = facts || '{\"x\": 1}' where seq = (select seq from audit_chain where position = ?)",
    "delete from audit_events where seq = (select seq from audit_chain where position = ?)",
    "delete from audit_chain where position = ?",
    "with gone as (delete from audit_chain where position >= ? returning seq) delete from audit_events where seq in (select seq from gone)",
    "update audit_chain set hash = sha256(hash) where position = ?",
    "insert into audit_events (action, outcome) values ('signed-in', 'done')",
    // makes the chain anew from there, with the very functions of the product
    "do $$ declare e audit_events; begin \
       create temporary table kept on commit drop as select ev.* from audit_events ev join audit_chain c on c.seq = ev.seq \
         where c.position >= ? order by c.position; \
       delete from audit_chain where position >= ?; \
       update audit_events set reason = 'nothing' where seq = (select min(seq) from kept); \
       for e in select ev.* from audit_events ev join kept k on k.seq = ev.seq order by k.seq loop \
         perform audit_append(e); end loop; end $$",
    "update audit_chain set seq = -seq where position in (?, ? % 60 + 1); \
     update audit_chain c set seq = (select -o.seq from audit_chain o where o.position = case c.position when ? then ? % 60 + 1 else ? end) \
       where c.position in (?, ? % 60 + 1)",
];

#[sqlx::test(migrations = "../../migrations")]
async fn sec_44_a_thousand_things_that_a_superuser_does_are_found(pool: PgPool) {
    let (world, _, anchor) = world(&pool).await;
    let mut dice = Dice(7);
    verified(&world, vec![anchor.clone()]).await.unwrap();
    for round in 0..1_000 {
        let position = dice.below(EVENTS as usize) + 1;
        let statement = BY_SUPERUSER[round % BY_SUPERUSER.len()].replace('?', &position.to_string());
        let mut tx = pool.begin().await.unwrap();
        // no trigger of the product runs
        let all = format!(
            "alter table audit_events disable trigger user; alter table audit_chain disable trigger user; {statement}"
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(all)).execute(&mut *tx).await.unwrap();
        let found = verify::database(&mut tx, vec![anchor.clone()], &[]).await;
        assert!(matches!(found, Err(Failed::Fault(_))), "round {round}, {statement}: {found:?}");
        tx.rollback().await.unwrap();
    }
    verified(&world, vec![anchor]).await.unwrap();
}
