//! Puts a cast into the database, in few statements: there are thousands of casts.

use super::{World, forms, moment, role};
use crate::cast::{NAMES, WHATS};
use crate::model::{FOREVER, Model, What, Who};
use domain::ids::PersonId;
use domain::target::{Access, Target};
use engine::ask::thing::Pick;
use engine::db::targets;
use std::fmt::Write;
use uuid::Uuid;

impl World {
    /// Ends whatever earlier histories left, and puts this cast there.
    pub async fn place(&mut self, model: &Model) {
        self.casts += 1;
        self.people = model.people.iter().map(|_| Uuid::now_v7()).collect();
        self.groups = model.groups.iter().map(|_| Uuid::now_v7()).collect();
        self.grants = model.grants.iter().map(|_| Uuid::now_v7()).collect();
        self.asks.clear();
        self.set_clock(model.now).await;
        self.roles().await;
        let mut sql = String::from(
            "begin; \
             update requests set status = 'Canceled', closed_at = clock() \
             where status in ('PendingApproval', 'Granted', 'PendingAdminDecision'); \
             update assignments set ends_at = greatest(clock(), starts_at), end_recorded = true \
             where not end_recorded and (ends_at is null or ends_at > clock());\n",
        );
        self.directory(&mut sql, model);
        self.access(&mut sql, model);
        sql.push_str("commit;");
        self.kit.sql(&sql).await;
        self.policies(model).await;
        for (at, person) in model.people.iter().enumerate() {
            if person.factor {
                self.kit.factor(PersonId(self.people[at])).await;
            }
        }
        self.seen = self.kit.count("select coalesce(max(seq), 0) from audit_events").await;
    }

    /// Targets of roles are there once for all casts.
    async fn roles(&mut self) {
        let mut conn = self.kit.engine.pool.acquire().await.unwrap();
        for what in WHATS {
            let id = match what {
                What::Role(of) => targets::ensure(&mut conn, Target::Role(role(of))).await.unwrap().0,
                What::Member(_) | What::Owner(_) => Uuid::now_v7(),
            };
            self.targets.insert(what, id);
        }
    }

    fn directory(&self, sql: &mut String, model: &Model) {
        for (at, id) in self.people.iter().enumerate() {
            let (user, name) = (self.user_name(at), NAMES[at]);
            writeln!(
                sql,
                "insert into principals (id, kind) values ('{id}', 'user'); \
                 insert into users (id, user_name, display_name) values ('{id}', '{user}', '{name}');"
            )
            .unwrap();
        }
        for (at, id) in self.groups.iter().enumerate() {
            let (key, guarded) = (self.key(at), model.groups[at].guarded);
            let (member, owner) = (self.targets[&What::Member(at)], self.targets[&What::Owner(at)]);
            writeln!(
                sql,
                "insert into principals (id, kind) values ('{id}', 'group'); \
                 insert into groups (id, key, display_name, role_assignable, managed_at) \
                 values ('{id}', '{key}', '{key}', {guarded}, clock()); \
                 insert into targets (id, kind, group_id) values ('{member}', 'member', '{id}'), ('{owner}', 'owner', '{id}');"
            )
            .unwrap();
        }
    }

    fn access(&self, sql: &mut String, model: &Model) {
        for (at, grant) in model.grants.iter().enumerate() {
            let (id, what, who) = (self.grants[at], self.targets[&grant.what], self.id(grant.who));
            let kind = if grant.eligible { "eligible" } else { "active" };
            let start = moment(grant.start).to_rfc3339();
            let end = match grant.end {
                FOREVER => "null".to_owned(),
                end => format!("'{}'", moment(end).to_rfc3339()),
            };
            writeln!(
                sql,
                "insert into assignments (id, target_id, principal_id, kind, origin, starts_at, ends_at, planned_end) \
                 values ('{id}', '{what}', '{who}', '{kind}', 'assigned', '{start}', {end}, {end});"
            )
            .unwrap();
        }
    }

    /// A first version for each target; of a role, which all casts share, the next one.
    async fn policies(&mut self, model: &Model) {
        for (what, (_, policy)) in &model.policies {
            let settings = serde_json::to_value(forms::policy(self, policy)).unwrap();
            let first: i32 = sqlx::query_scalar(
                "insert into policies (target_id, version, settings) \
                 select $1, coalesce(max(version), 0) + 1, $2 from policies where target_id = $1 returning version",
            )
            .bind(self.targets[what])
            .bind(settings)
            .fetch_one(&self.kit.engine.pool)
            .await
            .unwrap();
            self.earlier.insert(*what, first - 1);
        }
    }

    /// Which target and whose a row is.
    pub fn what(&self, target: Uuid) -> Option<What> {
        self.targets.iter().find(|(_, id)| **id == target).map(|(what, _)| *what)
    }

    pub fn who(&self, id: Uuid) -> Option<Who> {
        let person = self.people.iter().position(|person| *person == id).map(Who::Person);
        person.or_else(|| self.groups.iter().position(|group| *group == id).map(Who::Group))
    }

    /// As addresses name it.
    pub fn pick(&self, what: What) -> Pick {
        match what {
            What::Member(group) => Pick::of(self.key(group), Access::Member),
            What::Owner(group) => Pick::of(self.key(group), Access::Owner),
            What::Role(of) => Pick::of_role(role(of)),
        }
    }
}
