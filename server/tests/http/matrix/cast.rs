//! Who acts in the matrix, and on what: one person for each directory role and for each way to stand to a group, and one
//! object of each sort.

use crate::actors::Site;
use chrono::{DateTime, TimeDelta, Utc};
use domain::authz::{Actor, GroupFacts, Relation};
use domain::ids::PersonId;
use domain::role::Role;
use domain::target::{Access, Target};
use engine::db::targets;
use engine::testkit::{World, approved_by};
use sqlx::PgPool;
use std::collections::BTreeSet;

/// The role that is an object.
const ROLE: Role = Role::ApplicationAdministrator;

/// Somebody who acts.
pub struct Who {
    /// What she is, in words.
    pub name: String,
    pub person: PersonId,
    pub user_name: String,
    /// With the roles she holds.
    pub actor: Actor,
    /// How she stands to every group of the matrix.
    pub to_groups: Relation,
    /// How she stands to the role of the matrix.
    pub to_role: Relation,
    /// Holds a role, or is in or owns a role-assignable group.
    pub protected: bool,
}

/// The sorts of objects.
pub enum What {
    Group,
    Role,
    Person { protected: bool },
}

/// Something to act on.
pub struct Object {
    pub what: What,
    /// The address of its first page.
    pub base: String,
    /// An eligibility for it.
    pub assignment: String,
    /// Somebody in it.
    pub member: String,
    /// As the table sees it, but for how an actor stands to it.
    sort: GroupFacts,
}

impl Object {
    /// As the table sees it for this actor.
    pub fn facts(&self, who: &Who) -> GroupFacts {
        let relation = if matches!(self.what, What::Role) { who.to_role } else { who.to_groups };
        GroupFacts { relation, ..self.sort }
    }

    /// Whether this is the address of such a form.
    pub fn is_at(form: &str, path: &str) -> bool {
        let (form, path) = (form.split('/'), path.split('/'));
        form.clone().count() == path.clone().count()
            && form.zip(path).all(|(form, part)| form.starts_with('{') || form == part)
    }

    /// What would do something at any of its forms, if it were allowed.
    pub fn typed(&self, token: &str, now: DateTime<Utc>) -> Vec<(&'static str, String)> {
        let tomorrow = (now + TimeDelta::days(1)).format("%Y-%m-%dT%H:%M").to_string();
        let mut typed = vec![
            ("_token", token.to_owned()),
            ("people[]", self.member.clone()),
            ("who", self.member.clone()),
            ("pick[]", self.assignment.clone()),
            ("form", engine::ids::new().to_string()),
            ("end", tomorrow),
        ];
        let words = [
            ("kind", "eligible"),
            ("until", "end"),
            ("access", "member"),
            ("reason", "A reason that is long enough"),
            ("display_name", "Renamed"),
            ("description", "Changed"),
            ("user_name", "renamed"),
            ("department", "Changed"),
            ("version", "1"),
            ("max", "PT1H"),
            ("proof", "none"),
            ("eligible_max", "P30D"),
            ("active_max", "P30D"),
        ];
        typed.extend(words.map(|(name, word)| (name, word.to_owned())));
        if matches!(self.what, What::Group) {
            typed.push(("role", "member".to_owned()));
        }
        typed
    }
}

/// Everybody and everything.
pub struct Cast {
    pub site: Site,
    pub actors: Vec<Who>,
    pub objects: Vec<Object>,
}

impl Cast {
    pub async fn new(pool: PgPool) -> Self {
        let site = Site::on(pool);
        let actors = actors(&site.world).await;
        let mut objects = groups(&site.world, &actors).await;
        objects.push(role(&site.world, &actors).await);
        objects.extend(people(&site.world).await);
        Self { site, actors, objects }
    }

    /// Everything that a refused form must leave as it is.
    pub async fn state(&self) -> String {
        let mut state = String::new();
        for table in ["users", "groups", "assignments", "requests", "policies", "invitations", "totp_factors"]
        {
            let sql =
                format!("select coalesce(md5(string_agg(t::text, '' order by t::text)), '') from {table} t");
            let one: String =
                sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&self.site.pool).await.unwrap();
            state.push_str(&one);
        }
        state
    }
}

async fn actors(world: &World) -> Vec<Who> {
    let mut actors = Vec::new();
    for role in Role::ALL {
        let person = world.person(role.name()).await;
        world.role(person, *role).await;
        let to_role = Relation { member: *role == ROLE, ..Relation::default() };
        actors.push(who(world, role.name(), person, [*role].into(), Relation::default(), to_role).await);
    }
    let none = Relation::default();
    for (name, relation) in [
        ("a stranger", none),
        ("a member", Relation { member: true, ..none }),
        ("an owner", Relation { owner: true, ..none }),
        ("somebody eligible", Relation { eligible: true, ..none }),
        ("an approver", Relation { approver: true, ..none }),
    ] {
        let person = world.person(name).await;
        // nobody owns a role, and a member of it holds it
        let to_role = Relation { owner: false, member: false, ..relation };
        actors.push(who(world, name, person, BTreeSet::new(), relation, to_role).await);
    }
    actors
}

async fn who(
    world: &World,
    name: &str,
    person: PersonId,
    roles: BTreeSet<Role>,
    to_groups: Relation,
    to_role: Relation,
) -> Who {
    let user_name = sqlx::query_scalar("select user_name from users where id = $1").bind(person.0);
    let user_name = user_name.fetch_one(&world.engine.pool).await.unwrap();
    let protected = !roles.is_empty() || to_groups.member || to_groups.owner;
    let actor = Actor { person, roles };
    Who { name: name.to_owned(), person, user_name, actor, to_groups, to_role, protected }
}

/// A group of each sort, to which everybody stands as she does.
async fn groups(world: &World, actors: &[Who]) -> Vec<Object> {
    let plain = GroupFacts {
        role_assignable: false,
        managed: false,
        microsoft365: false,
        fixed: false,
        relation: Relation::default(),
    };
    let sorts = [
        ("plain", plain),
        ("managed", GroupFacts { managed: true, ..plain }),
        ("guarded", GroupFacts { role_assignable: true, ..plain }),
        ("both", GroupFacts { role_assignable: true, managed: true, ..plain }),
        ("teams", GroupFacts { microsoft365: true, ..plain }),
        ("computed", GroupFacts { fixed: true, ..plain }),
    ];
    let mut objects = Vec::new();
    for (key, sort) in sorts {
        let group = world.group_with(key, sort.role_assignable, sort.managed).await;
        if sort.microsoft365 {
            world.sql("update groups set group_kind = 'microsoft365' where key = 'teams'").await;
        }
        if sort.fixed {
            world.sql("update groups set membership = 'dynamic', membership_rule = 'all' where key = 'computed'").await;
        }
        let (member, owner) =
            (world.target(group, Access::Member).await, world.target(group, Access::Owner).await);
        let (mut assignment, mut inside) = (String::new(), String::new());
        for who in actors {
            if who.to_groups.member {
                world.standing(who.person, member).await;
                inside = who.person.0.to_string();
            }
            if who.to_groups.owner {
                world.standing(who.person, owner).await;
            }
            if who.to_groups.eligible {
                assignment = world.eligible(who.person, member).await.0.to_string();
            }
            if who.to_groups.approver {
                world.policy(member, approved_by(&[who.person], 1)).await;
            }
        }
        let base = format!("/groups/{key}");
        objects.push(Object { what: What::Group, base, assignment, member: inside, sort });
    }
    objects
}

async fn role(world: &World, actors: &[Who]) -> Object {
    let mut conn = world.engine.pool.acquire().await.unwrap();
    let target = targets::ensure(&mut conn, Target::Role(ROLE)).await.unwrap();
    let (mut assignment, mut member) = (String::new(), String::new());
    for who in actors {
        if who.to_role.eligible {
            assignment = world.eligible(who.person, target).await.0.to_string();
        }
        if who.to_role.approver {
            world.policy(target, approved_by(&[who.person], 1)).await;
        }
        if who.name == "a stranger" {
            member = who.person.0.to_string();
        }
    }
    let base = format!("/roles/{}", ROLE.wire());
    let sort = GroupFacts::of_role(Relation::default());
    Object { what: What::Role, base, assignment, member, sort }
}

async fn people(world: &World) -> Vec<Object> {
    let mut objects = Vec::new();
    for (name, user, protected) in [("Plain person", "plain", false), ("Guarded person", "guarded", true)] {
        let person = world.person(name).await;
        let rename = format!("update users set user_name = '{user}' where id = '{}'", person.0);
        world.sql(&rename).await;
        if protected {
            world.role(person, Role::HelpdeskAdministrator).await;
        }
        objects.push(Object {
            what: What::Person { protected },
            base: format!("/people/{user}"),
            assignment: String::new(),
            member: person.0.to_string(),
            sort: GroupFacts::of_role(Relation::default()),
        });
    }
    objects
}
