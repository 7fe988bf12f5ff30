//! Tables: always with head and body, columns with scope, and a label in every cell for narrow pages, where the
//! stylesheet turns rows into cards.

use leptos::prelude::*;

/// How rows are sorted by a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sorted {
    /// Not by this one; the link sorts by it.
    Not(String),
    /// Upwards; the link turns it round.
    Up(String),
    /// Downwards; the link turns it round.
    Down(String),
}

/// One column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Col {
    label: String,
    class: &'static str,
    hidden: bool,
    sorted: Option<Sorted>,
}

impl Col {
    /// A column with a heading.
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), ..Self::default() }
    }

    /// The column of boxes to tick.
    #[must_use]
    pub fn check() -> Self {
        Self { class: "check", hidden: true, ..Self::new("Select") }
    }

    /// The column of buttons, at the end.
    #[must_use]
    pub fn actions() -> Self {
        Self { class: "end", hidden: true, ..Self::new("Actions") }
    }

    /// Numbers, at the end of their cell.
    #[must_use]
    pub fn end(mut self) -> Self {
        self.class = "end";
        self
    }

    /// With a link that sorts.
    #[must_use]
    pub fn sorted(mut self, sorted: Sorted) -> Self {
        self.sorted = Some(sorted);
        self
    }
}

/// A table. `class` is `cards` (turns into cards early), `cards late` (later, for few columns), `align-top`.
#[component]
pub fn Table(
    /// The columns.
    cols: Vec<Col>,
    /// How it behaves on narrow pages.
    #[prop(default = "cards")]
    class: &'static str,
    /// What the table shows, where no heading says it.
    #[prop(optional, into)]
    caption: Option<String>,
    /// The rows, as `<tr>`.
    children: Children,
) -> impl IntoView {
    let heads: Vec<_> = cols.into_iter().map(head).collect();
    view! {
        <div class="table-box">
            <table class=format!("table {class}")>
                {caption.map(|caption| view! { <caption>{caption}</caption> })} <thead>
                    <tr>{heads}</tr>
                </thead> <tbody>{children()}</tbody>
            </table>
        </div>
    }
}

fn head(col: Col) -> impl IntoView {
    let (sort, link) = match col.sorted {
        None => (None, None),
        Some(Sorted::Not(href)) => (None, Some((href, ""))),
        Some(Sorted::Up(href)) => (Some("ascending"), Some((href, " ↑"))),
        Some(Sorted::Down(href)) => (Some("descending"), Some((href, " ↓"))),
    };
    let content = match (link, col.hidden) {
        (Some((href, arrow)), _) => view! { <a href=href>{col.label} {arrow}</a> }.into_any(),
        (None, true) => view! { <span class="vh">{col.label}</span> }.into_any(),
        (None, false) => col.label.into_any(),
    };
    view! {
        <th class=(!col.class.is_empty()).then_some(col.class) scope="col" aria-sort=sort>
            {content}
        </th>
    }
}

/// The cell that names the row.
#[component]
pub fn RowHead(
    /// Content.
    children: Children,
) -> impl IntoView {
    view! {
        <th scope="row" class="who">
            {children()}
        </th>
    }
}

/// A cell. The label is its column's; narrow pages show it.
#[component]
pub fn Cell(
    /// The column's heading.
    label: &'static str,
    /// Classes such as `nowrap num`.
    #[prop(optional)]
    class: Option<&'static str>,
    /// Content.
    children: Children,
) -> impl IntoView {
    view! {
        <td data-label=label class=class>
            {children()}
        </td>
    }
}

/// The cell with the box to tick.
#[component]
pub fn CheckCell(
    /// Name of the form field.
    name: &'static str,
    /// What is sent when it is ticked.
    #[prop(into)]
    value: String,
    /// What is ticked: "Select Amara Okafor".
    #[prop(into)]
    label: String,
    /// Id of the form it belongs to.
    #[prop(optional)]
    form: Option<&'static str>,
    /// Whether it is ticked.
    #[prop(optional)]
    on: bool,
    /// Whether it cannot be ticked; the row says why.
    #[prop(optional)]
    barred: bool,
) -> impl IntoView {
    view! {
        <td class="check">
            <input
                class="box"
                type="checkbox"
                form=form
                name=name
                value=value
                aria-label=label
                checked=on
                disabled=barred
            />
        </td>
    }
}

/// The cell with the row's buttons.
#[component]
pub fn ActionCell(
    /// Buttons and links.
    children: Children,
) -> impl IntoView {
    view! {
        <td class="end">
            <div class="acts">{children()}</div>
        </td>
    }
}
