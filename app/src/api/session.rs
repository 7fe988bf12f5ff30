//! Signing in and out.

pub mod enrol;
pub mod invitation;
pub mod second;
pub mod sign_in;
pub mod sign_out;

/// The page of the next step of signing in; after the last one, where the person wanted to go.
#[cfg(feature = "ssr")]
pub(crate) fn after(stage: engine::act::sign_in::Stage, next: &str) -> crate::go::LocalPath {
    use crate::go::LocalPath;
    use engine::act::sign_in::Stage;
    let next = LocalPath::parse(next).unwrap_or_else(LocalPath::home);
    match stage {
        Stage::Second => LocalPath::of(format!("/sign-in/second?next={}", next.encoded())),
        Stage::Enrol => LocalPath::of(format!("/sign-in/enrol?next={}", next.encoded())),
        Stage::Full => next,
    }
}
