//! Changing the details of a person by hand.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Changes the details of the person at this address and goes to her page.
#[server(prefix = "/api/ui", endpoint = "people/edit")]
pub async fn edit_person(
    #[server(default)] user: String,
    #[server(default)] user_name: String,
    #[server(default)] display_name: String,
    #[server(default)] mail: String,
    #[server(default)] job_title: String,
    #[server(default)] department: String,
    #[server(default)] user_type: String,
) -> Result<Done, Failure> {
    use crate::ctx::{caller, engine};
    use crate::pages::people::{address, kind_of_person};
    use engine::act::create_person::Input as Typed;
    use engine::act::edit_person::{Input, edit_person};

    let (engine, caller) = (engine()?, caller()?);
    let person = engine::ask::person::find(&engine, &caller, &user).await?;
    let user_type = kind_of_person(&user_type)?;
    let to = address(user_name.trim());
    let details = Typed { user_name, display_name, mail, job_title, department, user_type };
    edit_person(&engine, &caller, Input { person, details }).await?;
    Ok(Done::to(to).saying("person-edited"))
}
