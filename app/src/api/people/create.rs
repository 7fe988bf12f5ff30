//! Writing a person into the directory by hand.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Creates a person and goes to her page.
#[server(prefix = "/api/ui", endpoint = "people/create")]
pub async fn create_person(
    #[server(default)] user_name: String,
    #[server(default)] display_name: String,
    #[server(default)] mail: String,
    #[server(default)] job_title: String,
    #[server(default)] department: String,
    #[server(default)] user_type: String,
) -> Result<Done, Failure> {
    use crate::ctx::{caller, engine};
    use crate::pages::people::{address, kind_of_person};
    use engine::act::create_person::{Input, create_person};

    let user_type = kind_of_person(&user_type)?;
    let input = Input { user_name, display_name, mail, job_title, department, user_type };
    let to = address(input.user_name.trim());
    create_person(&engine()?, &caller()?, input).await?;
    Ok(Done::to(to).saying("person-created"))
}
