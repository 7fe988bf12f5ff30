//! Building blocks of pages: small server-rendered components, one noun per file. They know nothing of the engine;
//! a page translates its answer into their plain properties.

pub mod actions;
pub mod answers;
pub mod avatar;
pub mod badge;
pub mod brand;
pub mod chart;
pub mod choice;
pub mod crumbs;
pub mod cue;
pub mod decision;
pub mod demo_bar;
pub mod diff;
pub mod empty;
pub mod ending;
pub mod error_summary;
pub mod field;
pub mod flash;
pub mod icon;
pub mod layout;
pub mod left_time;
pub mod live;
pub mod moment;
pub mod nav;
pub mod page_head;
pub mod pager;
pub mod people;
pub mod person;
pub mod plain;
pub mod qr;
pub mod role_tag;
pub mod said;
pub mod segments;
pub mod sentence;
pub mod sign_out;
pub mod spans;
pub mod stat;
pub mod table;
pub mod tabs;
pub mod timeline;
pub mod token;
pub mod top;
pub mod when;

/// Everything a page needs, so that it can write `use crate::parts::*`.
pub mod prelude {
    pub use super::{
        actions::*, answers::*, avatar::*, badge::*, brand::*, chart::*, choice::*, crumbs::*, cue::*,
        decision::*, demo_bar::*, diff::*, empty::*, ending::*, error_summary::*, field::*, flash::*,
        icon::*, layout::*, left_time::*, live::*, moment::*, nav::*, page_head::*, pager::*, people::*,
        person::*, plain::*, qr::*, role_tag::*, said::*, segments::*, sentence::*, sign_out::*, spans::*,
        stat::*, table::*, tabs::*, timeline::*, token::*, top::*, when::*,
    };
    pub use crate::islands::words::{counted, length, number};
}

#[cfg(test)]
mod tests;
