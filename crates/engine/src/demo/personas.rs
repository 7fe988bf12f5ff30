//! Whom a visitor can be.

use super::Persona;

/// Who to be, and what to try.
pub(super) const PERSONAS: &[Persona] = &[
    Persona {
        user_name: "amara.okafor",
        name: "Amara Okafor",
        who: "Platform engineer, eligible for ten groups",
        try_this: "Switch on Grafana editors, then DNS editors with a code, then ask for Kubernetes production.",
    },
    Persona {
        user_name: "ben.lindqvist",
        name: "Ben Lindqvist",
        who: "Database lead, approver and owner",
        try_this: "Decide on what waits under Approvals. One of the requests is not what it seems.",
    },
    Persona {
        user_name: "cleo.marchetti",
        name: "Cleo Marchetti",
        who: "Head of data platform, the second approver",
        try_this: "Decide on what Ben decides too: the first answer counts, the other learns of it.",
    },
    Persona {
        user_name: "mei-ling.chen",
        name: "Mei-Ling Chen",
        who: "Data engineer whose request is waiting",
        try_this: "Look at the waiting request, cancel it, ask again.",
    },
    Persona {
        user_name: "soren.dahl",
        name: "Søren Dahl",
        who: "Operations lead, approver of Kubernetes production",
        try_this: "Approve what Amara asked for, then see it run in Amara’s window.",
    },
    Persona {
        user_name: "yuki.tanaka",
        name: "Yuki Tanaka",
        who: "Site reliability engineer with access that is on",
        try_this: "Extend what is on, or give it back at once.",
    },
    Persona {
        user_name: "dmitri.sokolov",
        name: "Dmitri Sokolov",
        who: "Guest from a contractor",
        try_this: "See how little a guest sees, and an eligibility that ends soon.",
    },
    Persona {
        user_name: "aino.virtanen",
        name: "Aino Virtanen",
        who: "Global Administrator",
        try_this: "Bring a group under management, make somebody eligible, tighten a policy.",
    },
    Persona {
        user_name: "rafael.duarte",
        name: "Rafael Duarte",
        who: "User Administrator, eligible for a stronger role",
        try_this: "Disable a person and see all access end at once. Ask for Privileged Authentication Administrator.",
    },
    Persona {
        user_name: "niamh.osullivan",
        name: "Niamh O’Sullivan",
        who: "Privileged Role Administrator",
        try_this: "Manage Production database admins, which is role-assignable, and the directory roles.",
    },
    Persona {
        user_name: "ingrid.solheim",
        name: "Ingrid Solheim",
        who: "Auditor, Global Reader",
        try_this: "Read the audit of every group, and change nothing.",
    },
];
