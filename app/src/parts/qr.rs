//! A QR code, drawn by us as one path: no image, no foreign markup.

use leptos::prelude::*;
use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write as _;

/// Quiet zone around the code, in modules, as the standard asks.
const MARGIN: usize = 4;

/// A QR code of `text`; nothing if it is too long for one. The key stands beside it as text, for those who cannot
/// point a camera.
#[component]
pub fn Qr(
    /// What the code says, for example an `otpauth:` address.
    text: String,
    /// What it is for, for screen readers.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M).ok().map(|code| {
        let side = code.width() + 2 * MARGIN;
        view! {
            <svg
                class="qr"
                role="img"
                aria-label=label
                viewBox=format!("0 0 {side} {side}")
                width=(side * 5).to_string()
                height=(side * 5).to_string()
                shape-rendering="crispEdges"
            >
                <path class="qr-ground" d=format!("M0 0h{side}v{side}H0z")></path>
                <path class="qr-ink" d=ink(&code)></path>
            </svg>
        }
    })
}

fn ink(code: &QrCode) -> String {
    let width = code.width();
    let mut path = String::new();
    for (at, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            // Writing to a string cannot fail.
            let _ = write!(path, "M{} {}h1v1h-1z", at % width + MARGIN, at / width + MARGIN);
        }
    }
    path
}
