//! O10: 10,000 users, 200 groups and 50,000 memberships are compared, at 50 requests a second; and what memory that takes.

use crate::Result;
use crate::figures::Bars;
use crate::target::{GROUPS, MEMBERS, Target};
use crate::world::World;
use engine::provision;
use std::fs;
use std::time::Instant;

const USERS: usize = 10_000;

/// Prints one line.
pub async fn run(url: &str, bars: &mut Bars) -> Result<()> {
    let target = Target::start(USERS).await?;
    let pace = |typed: &mut domain::provision::settings::Typed| (typed.per_second, typed.burst) = (50, 50);
    let world = World::build(url, "provisioning_sweep", &target.base(), pace).await?;
    fill(&world).await;
    let before = resident()?;
    world.small.sql("update applications set swept_at = clock() - interval '2 days'").await;
    let begun = Instant::now();
    provision::once(&world.engine).await?;
    let took = begun.elapsed().as_secs_f64();
    let says: String =
        sqlx::query_scalar("select sweep_says from applications").fetch_one(&world.small.engine.pool).await?;
    if says != format!("{GROUPS} groups: 0 members without a grant, 0 removed, 0 missing.") {
        return Err(says.into());
    }
    let touched = world
        .count("select count(*) from application_people where generation > 1 or due_at is not null")
        .await?;
    let memory = resident()?;
    let met = bars.judge("sweep", took <= 600.0 && memory < 200_000 && touched == 0);
    println!(
        "\nSweep of {USERS} users, {GROUPS} groups, {} memberships: {took:.1} s at 50 requests a second; memory of the process {:.0} MB before, {:.0} MB after: {met} (≤ 600 s, < 200 MB, nobody looked at twice).",
        GROUPS * MEMBERS,
        before as f64 / 1e3,
        memory as f64 / 1e3
    );
    Ok(())
}

/// As if all of it had been provisioned.
async fn fill(world: &World) {
    let statement = format!(
        "create temporary table many as select n, ('00000000-0000-4000-a000-' || lpad(to_hex(n), 12, '0'))::uuid as id from generate_series(0, {USERS} - 1) n; \
         insert into principals (id, kind) select id, 'user' from many; \
         insert into users (id, user_name, display_name) select id, 'person.' || n, 'Person ' || n from many; \
         create temporary table sets as select n, ('00000000-0000-4000-b000-' || lpad(to_hex(n), 12, '0'))::uuid as id from generate_series(0, {GROUPS} - 1) n; \
         insert into principals (id, kind) select id, 'group' from sets; \
         insert into groups (id, key, display_name) select id, 'many-' || n, 'Group ' || n from sets; \
         insert into targets (id, kind, group_id) select gen_random_uuid(), 'member', id from sets; \
         create temporary table inside as select s.id as group_id, m.id as user_id, m.n from sets s cross join generate_series(0, {MEMBERS} - 1) place \
           join many m on m.n = (s.n * {MEMBERS} + place) % {USERS}; \
         insert into assignments (id, target_id, principal_id, kind, origin, starts_at, ends_at) \
           select gen_random_uuid(), t.id, i.user_id, 'active', 'assigned', clock(), null from inside i join targets t on t.group_id = i.group_id and t.kind = 'member'; \
         delete from application_marks; \
         insert into application_groups (application_id, group_id, remote_id, remote_name) select a.id, s.id, 'g-' || s.n, 'Group ' || s.n from applications a, sets s; \
         insert into application_people (application_id, user_id, remote_id, there, active, generation, done, due_at, state) \
           select a.id, m.id, 'u-' || m.n, 'yes', true, 1, 1, null, 'applied' from applications a, many m where exists (select from inside i where i.user_id = m.id); \
         insert into application_members (application_id, group_id, user_id, wanted, there, confirmed_at) \
           select a.id, i.group_id, i.user_id, true, 'yes', clock() from applications a, inside i; \
         delete from application_groups where remote_id is null; analyze"
    );
    world.small.sql(&statement).await;
}

/// Memory of this process, kB, at its most.
fn resident() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").trim().parse()?)
}
