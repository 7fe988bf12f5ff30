//! Every part rendered once, with the texts a hostile person would choose.

use super::prelude::*;
use crate::api::people::suggest::Suggestion;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::refusal::{Code, Refusal};
use domain::target::Access;
use domain::text::Text;
use leptos::prelude::*;

/// Ends a textarea, an attribute, a tag and a comment; turns the direction of writing round.
const HOSTILE: &str =
    "</textarea></title><script>alert(1)</script>\"><img src=x onerror=alert(1)>' -->\u{202e}&amp;";

fn hostile() -> String {
    HOSTILE.to_owned()
}

fn html<V: IntoView>(view: impl FnOnce() -> V) -> String {
    html_after(Answers::default(), view)
}

fn html_after<V: IntoView>(answers: Answers, view: impl FnOnce() -> V) -> String {
    let owner = Owner::new();
    owner.with(|| {
        leptos_meta::provide_meta_context();
        provide_context(answers);
        provide_context(crate::ctx::parts_with_token("t0ken"));
        view().into_view().to_html()
    })
}

fn clock() -> Clock {
    Clock { now: now(), zone: Tz::Europe__Oslo }
}

fn now() -> DateTime<Utc> {
    "2026-03-12T14:08:04Z".parse().expect("a moment")
}

fn who() -> Who {
    Who { name: hostile(), user_name: hostile(), note: hostile(), href: Some("/people/x".to_owned()) }
}

fn frame() -> Frame {
    Frame {
        who: who(),
        may: May { approvals: true, reviews: true, ..May::default() },
        unreviewed: 2,
        reviews: 1,
        alerts: 4,
        waiting: 3,
        active: 3,
        next_end: Some(now() + TimeDelta::minutes(22)),
        ending: Vec::new(),
        clock: clock(),
        theme: Theme::Dark,
    }
}

fn refused(fields: &[&str]) -> Answers {
    let typed = fields.iter().map(|field| ((*field).to_owned(), hostile()));
    let refusals = fields
        .iter()
        .map(|field| Refusal::new(Code::BadValue, Text::say("No. You wrote ").name(HOSTILE)).at(*field))
        .collect();
    Answers::new(typed, refusals)
}

/// Nothing of the hostile text may have become markup.
#[track_caller]
fn assert_inert(html: &str) {
    assert!(!html.contains("<script"), "a script: {html}");
    assert!(!html.contains("<img"), "an image: {html}");
    assert!(!html.contains("-->\u{202e}") || html.contains("--&gt;"), "a comment ended: {html}");
    let quoted = html.split("=\"").skip(1).filter_map(|rest| rest.split('"').next());
    for value in quoted {
        assert!(!value.contains('<') || value.contains("&lt;"), "markup in an attribute: {value}");
    }
}

/// Plain text of a page, as far as tests need it.
fn words(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for letter in html.replace("<!>", "").chars() {
        match letter {
            '<' => inside = true,
            '>' => inside = false,
            other if !inside => text.push(if other == '\u{a0}' { ' ' } else { other }),
            _ => {}
        }
    }
    text
}

#[test]
fn strangers_words_stay_text_in_every_part() {
    let pages = [
        html(|| view! { <Person who=who() /> }),
        html(|| view! { <Named who=who() /> }),
        html(|| view! { <GroupAsPerson name=HOSTILE note=HOSTILE href=None /> }),
        html(|| view! { <GroupName name=HOSTILE href=Some("/groups/x".to_owned()) /> }),
        html(|| view! { <Key key=HOSTILE /> }),
        html(|| view! { <Said text=HOSTILE /> }),
        html(|| view! { <Quote text=HOSTILE /> }),
        html(|| view! { <Cues cues=vec![Hint { tone: Tone::Bad, glyph: Glyph::Twin, text: hostile() }] /> }),
        html(|| view! { <Crumbs steps=vec![Crumb::to(HOSTILE, "/groups"), Crumb::here(HOSTILE)] /> }),
        html(|| view! { <Badge state=State::Active text=HOSTILE /> }),
        html(|| view! { <Sentence text=Text::say("So: ").name(HOSTILE) /> }),
        html(
            || view! { <Diff changes=vec![Change { what: hostile(), old: Some(hostile()), new: Some(hostile()) }] /> },
        ),
        html(
            || view! { <Stats numbers=vec![Number { label: hostile(), value: hostile(), note: hostile(), href: None }] /> },
        ),
        html(|| view! { <Facts facts=vec![("Ticket", hostile().into_any())] /> }),
        html(
            || view! { <Timeline clock=clock() steps=vec![Step::done(Tone::Ok, Glyph::Check, now(), hostile()).said(HOSTILE), Step::coming(hostile())] /> },
        ),
        html(|| view! { <Empty glyph=Glyph::Inbox heading=HOSTILE text=HOSTILE /> }),
        html(|| view! { <More label=HOSTILE><Go href="/x" text=HOSTILE /></More> }),
        html(|| view! { <Tabs label="Group" tabs=vec![Tab::new(HOSTILE, "/x", true).count(2)] /> }),
        html(|| view! { <Segments label="Kind" tabs=vec![Tab::new(HOSTILE, "/x", true).count(2)] /> }),
        html(
            || view! { <LeftTime what=HOSTILE began=now() ends=now() + TimeDelta::hours(2) clock=clock() /> },
        ),
        html(|| view! { <Qr text="otpauth://totp/x".to_owned() label=HOSTILE /> }),
        html(
            || view! { <Flash message=Message { tone: Tone::Ok, lead: hostile(), text: Text::say("").name(HOSTILE), way_on: None } /> },
        ),
        html(
            || view! { <Table cols=vec![Col::check(), Col::new(HOSTILE), Col::actions()]><tr><CheckCell name="pick" value=HOSTILE label=HOSTILE /><RowHead>{HOSTILE}</RowHead><Cell label="Role">{HOSTILE}</Cell><ActionCell>""</ActionCell></tr></Table> },
        ),
        html(|| view! { <Pager says=HOSTILE newer=None older=Some("/x?after=1".to_owned()) /> }),
    ];
    for page in &pages {
        assert_inert(page);
        assert!(
            words(page).contains("alert(1)") || page.contains("alert(1)") || page.contains("<path"),
            "{page}"
        );
    }
}

#[test]
fn what_was_typed_comes_back_as_text_in_every_field() {
    let fields = ["a", "b", "c", "d", "e", "f", "g"];
    let choices = || vec![Choice::new("x", "X").note(HOSTILE), Choice::new(HOSTILE, HOSTILE)];
    let page = html_after(refused(&fields), || {
        view! {
            <ErrorSummary outcome="Not activated." />
            <TextField name="a" label=HOSTILE hint=HOSTILE placeholder=HOSTILE />
            <TextArea name="b" label="Why" max=1000 />
            <SelectField name="c" label="Kind" choices=choices() />
            <RadioField name="d" legend="Which" choices=choices() />
            <CheckField name="e" label=HOSTILE note=HOSTILE />
            <MomentField name="f" label="Start" clock=clock() value=None />
            <Spans name="g" choices=vec![Span { value: hostile(), length: hostile(), ends: hostile() }] value="" hint=HOSTILE />
            <HiddenField name="h" value=HOSTILE />
        }
    });
    assert_inert(&page);
    assert_eq!(page.matches("</textarea>").count(), 1);
    assert_eq!(page.matches("autofocus").count(), 1, "one field takes the focus: {page}");
    assert_eq!(page.matches("role=\"alert\"").count(), 1);
    for field in fields {
        assert!(page.contains(&format!("href=\"#f-{field}\"")), "a link to {field}");
        assert!(page.contains(&format!("id=\"f-{field}\"")), "the target of that link: {field}");
        assert!(page.contains(&format!("id=\"f-{field}-error\"")), "the error beside {field}");
    }
    assert!(page.contains("aria-describedby=\"f-b-error f-b-count\""));
    assert!(words(&page).contains("7 answers need a change. Not activated."));
}

#[test]
fn a_picker_works_as_boxes_and_keeps_what_was_typed() {
    let who = |id: &str, barred: Option<String>| Suggestion {
        id: id.to_owned(),
        name: hostile(),
        note: hostile(),
        group: false,
        barred,
    };
    let answers = Answers::new([("people_find".to_owned(), hostile())], vec![]);
    let page = html_after(answers, || {
        let picks =
            Picks { picked: vec![who("1", None)], found: vec![who("2", None), who("3", Some(hostile()))] };
        view! { <PeopleField name="people[]" label="Add an approver" picks /> }
    });
    let visible = page.split("data-props=").next().unwrap_or_default().to_owned()
        + page.split_once("><div class=\"picker\">").map_or("", |(_, rest)| rest);
    assert_inert(&visible);
    assert_eq!(visible.matches("type=\"checkbox\"").count(), 3, "{visible}");
    assert_eq!(visible.matches(" checked").count(), 1);
    assert_eq!(visible.matches(" disabled").count(), 1);
    assert!(page.contains("role=\"combobox\"") && page.contains("for=\"f-people\""), "{page}");
    assert!(page.contains("name=\"find\""), "works without scripts");
}

#[test]
fn secrets_never_come_back() {
    let answers = Answers::new(
        [("password".to_owned(), "hunter2".to_owned()), ("code".to_owned(), "123456".to_owned())],
        vec![],
    );
    let page = html_after(answers, || {
        view! {
            <TextField name="password" label="Password" kind="password" />
            <CodeField />
        }
    });
    assert!(!page.contains("hunter2") && !page.contains("123456"), "{page}");
}

#[test]
fn an_unticked_box_stays_unticked_after_a_refusal() {
    let first = html(|| view! { <SwitchField name="mfa" label="Code" on=true /> });
    assert!(first.contains("checked"), "{first}");
    let back =
        html_after(Answers::new([], vec![]), || view! { <SwitchField name="mfa" label="Code" on=true /> });
    assert!(!back.contains("checked"), "{back}");
}

#[test]
fn a_text_that_begins_with_a_line_break_keeps_it() {
    let page = html(|| view! { <TextArea name="b" label="Why" value="\nsecond line" /> });
    // The parser of HTML drops the first line break in a textarea, so there are two.
    assert!(page.contains(">\n\nsecond line</textarea>"), "{page}");
}

#[test]
fn every_form_carries_the_sessions_value() {
    let page = html(|| view! { <Post action="/x"><Submit text="Send" /></Post><SignOut /> });
    assert_eq!(page.matches("method=\"post\"").count(), 2);
    assert_eq!(page.matches("value=\"t0ken\"").count(), 2);
}

#[test]
fn a_page_has_one_heading_one_way_in_and_shows_only_what_may_be_opened() {
    let page = html(|| {
        view! {
            <Page
                frame=frame()
                title="Approvals"
                title_count=3
                current=Some(Entry::Approvals)
                heading=HOSTILE
                crumbs=vec![Crumb::here(HOSTILE)]
                facts=view! { <p>"facts"</p> }.into_any()
                actions=view! { <Go href="/x" text="Go" /> }.into_any()
                flash=None
            >
                <p>"content"</p>
            </Page>
        }
    });
    assert_inert(&page);
    assert_eq!(page.matches("<h1>").count(), 1);
    assert_eq!(page.matches("aria-current=\"page\"").count(), 1);
    assert!(page.contains("data-theme=\"dark\""));
    let words = words(&page);
    assert!(words.contains("Approvals3 waiting for you"), "{words}");
    assert!(words.contains("3 active · next ends in 22 min, 15:30 CET"), "{words}");
    assert!(!words.contains("Settings") && !words.contains("Insights"), "{words}");
}

#[test]
fn the_time_chip_says_what_is_on() {
    let chip = |active, end: Option<TimeDelta>| {
        html(move || view! { <TimeChip active next_end=end.map(|left| now() + left) clock=clock() /> })
    };
    assert_eq!(words(&chip(0, None)), "Nothing active");
    let one = chip(1, Some(TimeDelta::minutes(220)));
    assert_eq!(words(&one), "1 active · ends in 3 h 40 min, 18:48 CET");
    assert!(!one.contains("soon"));
    assert!(chip(1, Some(TimeDelta::minutes(30))).contains("live-chip soon"));
    assert_eq!(words(&chip(2, None)), "2 active");
}

#[test]
fn the_last_call_names_what_ends_when_exactly_and_what_can_be_done() {
    let end = |name: &str, kind: Access, minutes| Ending {
        assignment: format!("a-{minutes}"),
        name: name.to_owned(),
        kind: kind.into(),
        ends: now() + TimeDelta::minutes(minutes),
    };
    let all = vec![
        end("DNS editors", Access::Member, 4),
        end(HOSTILE, Access::Owner, 9),
        end("Third", Access::Member, 10),
        end("Fourth", Access::Member, 10),
    ];
    let shown = html(move || view! { <EndsShortly ending=all clock=clock() /> });
    assert_inert(&shown);
    let said = words(&shown);
    assert!(
        said.contains("DNS editors ends at 15:12 CET, in 4 min. Extend DNS editors · Finish now"),
        "{said}"
    );
    assert!(said.contains(", as owner, ends at 15:17 CET"), "{said}");
    assert!(said.contains("and 1 more") && !said.contains("Fourth"), "{said}");
    assert!(
        shown.contains("href=\"/access/a-4/extend\"") && shown.contains("href=\"/access/a-4/deactivate\"")
    );
    assert!(!html(|| view! { <EndsShortly ending=Vec::new() clock=clock() /> }).contains("flash"));
}

#[test]
fn the_door_shows_its_card() {
    let page =
        html(|| view! { <Plain title="Sign in" heading=HOSTILE flash=None foot=HOSTILE><p>"x"</p></Plain> });
    assert_inert(&page);
    assert_eq!(page.matches("<h1>").count(), 1);
}

#[test]
fn time_left_is_right_without_scripts() {
    let left = |left| {
        html(
            move || view! { <LeftTime what="DNS editors" began=now() - TimeDelta::minutes(48) ends=now() + left clock=clock() /> },
        )
    };
    let plenty = left(TimeDelta::minutes(72));
    assert!(words(&plenty).starts_with("1 h 12 min leftends 16:20 CET"), "{}", words(&plenty));
    assert!(plenty.contains("value=\"72\"") && plenty.contains("max=\"120\"") && !plenty.contains("soon"));
    assert!(left(TimeDelta::minutes(8)).contains("left-time soon"));
    let nearly = words(&left(TimeDelta::milliseconds(400)));
    assert!(nearly.starts_with("1 s leftends"), "not over before its time: {nearly}");
    let over = left(TimeDelta::minutes(0));
    assert!(words(&over).starts_with("Endedended 15:08 CET") && over.contains("hidden"), "{over}");
}

#[test]
fn decisions_begin_with_later() {
    let page = html(|| view! { <Decision name="R-1" legend="Your decision on R-1" /> });
    assert!(page.contains("value=\"later\" checked"), "{page}");
    let back = html_after(Answers::new([("R-1".to_owned(), "deny".to_owned())], vec![]), || {
        view! { <Decision name="R-1" legend="Your decision on R-1" /> }
    });
    assert!(back.contains("value=\"deny\" checked"), "{back}");
}

#[test]
fn parts_use_no_inline_style_and_no_inline_script() {
    let page = html(|| {
        view! {
            <Page frame=frame() title="My access" current=Some(Entry::Access) flash=None>
                <RoleTag access=Access::Owner />
                <Until end=None clock=clock() />
                <LeftTime what="x" began=now() ends=now() + TimeDelta::hours(1) clock=clock() />
                <Qr text="otpauth://totp/x".to_owned() label="QR" />
            </Page>
        }
    });
    for forbidden in [" style=", "<script", " onclick", " onload", "javascript:"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
}
