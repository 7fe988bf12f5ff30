//! The fields of a person's details, the same for a new person and for a known one.

use crate::parts::prelude::*;
use leptos::prelude::*;

/// What stands in the fields on a first visit.
#[derive(Clone, Debug, Default)]
pub struct First {
    /// What she signs in with.
    pub user_name: String,
    /// Name.
    pub display_name: String,
    /// Address for mail.
    pub mail: String,
    /// Job.
    pub job_title: String,
    /// Department.
    pub department: String,
    /// Guest, not member.
    pub guest: bool,
}

/// The fields.
#[component]
pub fn PersonFields(
    /// What stands in them on a first visit.
    #[prop(optional)]
    first: First,
) -> impl IntoView {
    let kinds = vec![
        Choice::new("member", "Member").note("Belongs to the organisation."),
        Choice::new("guest", "Guest").note("Invited from outside."),
    ];
    view! {
        <TextField name="display_name" label="Name" value=first.display_name max=256 required=true focus=true />
        <TextField
            name="user_name"
            label="User name"
            hint="What the person signs in with. Nobody else has it, and nobody gets it later."
            value=first.user_name
            max=256
            required=true
        />
        <TextField name="mail" label="Mail address" kind="email" value=first.mail max=320 optional=true />
        <TextField name="job_title" label="Job title" value=first.job_title max=256 optional=true />
        <TextField name="department" label="Department" value=first.department max=256 optional=true />
        <RadioField
            name="user_type"
            legend="Kind"
            choices=kinds
            value=if first.guest { "guest" } else { "member" }
            in_a_row=true
        />
    }
}
