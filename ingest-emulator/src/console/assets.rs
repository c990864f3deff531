//! The page itself, as it was when the emulator was compiled. No path from a request to a file.

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::answer::Refused;

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

const PAGE: &str = include_str!("../../page/index.html");

const ASSETS: &[(&str, &str, &str)] = &[
    ("style.css", CSS, include_str!("../../page/style.css")),
    ("icon.svg", SVG, include_str!("../../page/icon.svg")),
    ("theme.js", JS, include_str!("../../page/theme.js")),
    ("main.js", JS, include_str!("../../page/main.js")),
    ("api.js", JS, include_str!("../../page/api.js")),
    ("dom.js", JS, include_str!("../../page/dom.js")),
    ("chart.js", JS, include_str!("../../page/chart.js")),
    ("pager.js", JS, include_str!("../../page/pager.js")),
    ("overview.js", JS, include_str!("../../page/overview.js")),
    ("requests.js", JS, include_str!("../../page/requests.js")),
    ("records.js", JS, include_str!("../../page/records.js")),
    ("rows.js", JS, include_str!("../../page/rows.js")),
    ("schema.js", JS, include_str!("../../page/schema.js")),
    ("jobs.js", JS, include_str!("../../page/jobs.js")),
    ("faults.js", JS, include_str!("../../page/faults.js")),
];

pub(super) async fn page() -> Response {
    ([(header::CONTENT_TYPE, HTML)], PAGE).into_response()
}

pub(super) async fn asset(Path(name): Path<String>) -> Response {
    let Some((_, kind, text)) = ASSETS.iter().find(|(known, ..)| *known == name) else {
        let message = format!("the page has no `{name}`");
        return Refused::not_found("asset", message).into_response();
    };
    ([(header::CONTENT_TYPE, *kind)], *text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_asks_nobody_else_for_anything() {
        let all = ASSETS.iter().map(|(name, _, text)| (*name, *text));
        for (name, text) in all.chain([("index.html", PAGE)]) {
            let text = text.replace("http://www.w3.org/2000/svg", "");
            for foreign in ["http://", "https://", "//cdn", "@import", "eval("] {
                assert!(!text.contains(foreign), "{name} has `{foreign}`");
            }
        }
    }

    #[test]
    fn the_page_has_nothing_inline() {
        let inner = |script: &str| {
            script
                .split_once('>')
                .is_some_and(|(_, rest)| rest.starts_with("</script>"))
        };
        assert!(PAGE.split("<script").skip(1).all(inner));
        for inline in [" style=", "<style", " onclick=", " onload=", "javascript:"] {
            assert!(!PAGE.contains(inline), "{inline}");
        }
    }
}
