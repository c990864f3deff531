//! What a person sees and does.

use fantoccini::key::Key;
use serde_json::json;

use crate::browser::Browser;
use crate::tenant::{Tenant, page_view, visitor, with};

const VIEWS: [&str; 7] = [
    "overview", "requests", "records", "rows", "schema", "jobs", "faults",
];

const BAD_ROW: &str = "#panel-records tbody tr .badge.bad";

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn records_arrive_while_the_page_is_open() {
    let tenant = Tenant::start();
    let browser = Browser::open(&tenant.emulator).await;
    browser
        .wait_for_text("#panel-overview", "No records yet")
        .await;
    browser.wait_for_text("pre.code", "INGEST_TENANT_URL").await;
    assert_eq!(tenant.post("page_view", &[page_view(1), page_view(2)]), 202);
    browser.wait_for_text(".counter:first-child dd", "2").await;
    browser.view("records").await;
    browser
        .wait_for_text("#panel-records tbody", "e-00002")
        .await;
    for first in (10..400).step_by(10) {
        let records: Vec<_> = (first..first + 10).map(page_view).collect();
        assert_eq!(tenant.post("page_view", &records), 202);
    }
    browser
        .wait_for_text("#panel-records tbody", "e-00399")
        .await;
    let shown = browser.count("#panel-records tbody tr").await;
    assert_eq!(shown, 50, "no more than a page, however many there are");
    browser.view("requests").await;
    browser
        .wait_for_text(
            "#panel-requests tbody",
            "/api/v1/ingest/sources/Web/page_view",
        )
        .await;
    browser.view("rows").await;
    browser
        .wait_for_text("#panel-rows .facts", "392 in all")
        .await;
    browser
        .find("#row-key")
        .await
        .send_keys("e-00001")
        .await
        .unwrap();
    browser
        .wait_for("one row", async || {
            browser.count("#panel-rows tbody tr").await == 1
        })
        .await;
    browser.view("schema").await;
    browser.wait_for_text("#panel-schema", "primary key").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_bad_record_is_found_with_its_reason() {
    let tenant = Tenant::start();
    let browser = Browser::open(&tenant.emulator).await;
    for number in 0..30 {
        tenant.post("page_view", &[page_view(number)]);
    }
    let bad = with(page_view(77), "revenue", json!("19,90"));
    assert_eq!(tenant.post("page_view", &[page_view(76), bad]), 400);
    assert_eq!(
        tenant.post("visitor", &[with(visitor(5), "email", json!("nobody"))]),
        400
    );
    browser.view("records").await;
    browser.choose("#record-outcome", "bad").await;
    browser
        .wait_for("two bad records", async || {
            browser.count(BAD_ROW).await == 2
        })
        .await;
    browser
        .find("#record-text")
        .await
        .send_keys("19,90")
        .await
        .unwrap();
    browser
        .wait_for("one bad record", async || browser.count(BAD_ROW).await == 1)
        .await;
    let row = browser.text("#panel-records tbody tr").await;
    assert!(
        row.contains("revenue: expected type: Number, found: String"),
        "{row}"
    );
    browser
        .find("#panel-records tbody button")
        .await
        .click()
        .await
        .unwrap();
    browser.wait_for_text(".detail .causes", "revenue").await;
    browser.wait_for_text(".detail mark", "19,90").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_fault_switch_acts_until_it_is_off() {
    let tenant = Tenant::start();
    let browser = Browser::open(&tenant.emulator).await;
    browser.view("faults").await;
    let down = browser.find("#switch-down").await;
    assert_eq!(
        down.attr("aria-checked").await.unwrap().as_deref(),
        Some("false")
    );
    down.click().await.unwrap();
    browser.find("#switch-down[aria-checked='true']").await;
    assert_eq!(tenant.post("page_view", &[page_view(1)]), 503);
    browser
        .wait_for_text("#panel-faults [data-fired]", "1")
        .await;
    browser.wait_for_text("#fault-count", "1").await;
    down.click().await.unwrap();
    browser.find("#switch-down[aria-checked='false']").await;
    assert_eq!(tenant.post("page_view", &[page_view(1)]), 202);
    let count = browser.find("#count-busy").await;
    count.send_keys("1").await.unwrap();
    browser.find("#switch-busy").await.click().await.unwrap();
    browser.find("#switch-busy[aria-checked='true']").await;
    let statuses = [1, 2].map(|number| tenant.post("page_view", &[page_view(number)]));
    assert_eq!(statuses, [429, 202]);
    browser.find("#reset").await.click().await.unwrap();
    browser.find("#reset-yes").await.click().await.unwrap();
    let emulator = &tenant.emulator;
    browser
        .wait_for("reset", async || emulator.request_count() == 0)
        .await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn every_view_holds_in_narrow_windows_and_both_themes() {
    let tenant = Tenant::start();
    for number in 0..60 {
        tenant.post("page_view", &[page_view(number)]);
    }
    tenant.post(
        "page_view",
        &[with(
            page_view(7),
            "a_field_with_a_rather_long_name",
            json!(1),
        )],
    );
    tenant.post("visitor", &[visitor(1)]);
    let browser = Browser::open(&tenant.emulator).await;
    for scheme in ["light", "dark"] {
        browser.prefer(scheme).await;
        for width in [360, 720, 1000, 1920] {
            browser.size(width, 700).await;
            for view in VIEWS {
                browser.view(view).await;
                holds(&browser, &format!("{view} in {scheme} at {width}")).await;
            }
        }
    }
    browser.size(360, 700).await;
    browser.view("records").await;
    browser
        .find("#panel-records tbody button")
        .await
        .click()
        .await
        .unwrap();
    browser.find(".detail .json").await;
    holds(&browser, "a record's details").await;
    themes(&browser).await;
    browser.close().await;
}

/// Nothing sticks out, and text can be told from what is behind it.
async fn holds(browser: &Browser, what: &str) {
    let script = "const root = document.documentElement; return root.scrollWidth - innerWidth";
    let over = browser.run(script, vec![]).await.as_f64().unwrap();
    assert!(over <= 0.0, "{what} is {over} pixels too wide");
    let faint = browser.run(FAINT, vec![]).await;
    assert_eq!(faint, json!([]), "{what}");
}

/// Texts whose contrast is under WCAG's 4.5 : 1.
const FAINT: &str = r#"
    const parts = (color) => color.match(/[\d.]+/g).map(Number);
    const light = (color) => {
      const [r, g, b] = parts(color).map((part) => part / 255)
        .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element) => {
      for (let at = element; at; at = at.parentElement) {
        const color = getComputedStyle(at).backgroundColor;
        if ((parts(color)[3] ?? 1) > 0) return color;
      }
      return "rgb(255, 255, 255)";
    };
    const texts = [...document.querySelectorAll("body *")].filter((element) =>
      element.checkVisibility() && !element.disabled && !element.closest(":disabled") &&
      [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== ""));
    return texts.filter((element) => {
      const [one, other] = [light(getComputedStyle(element).color), light(behind(element))];
      return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05) < 4.5;
    }).map((element) => `${element.tagName} ${element.className}: ${element.textContent.slice(0, 40)}`);
"#;

/// The system's theme holds until somebody chooses, and the choice is remembered.
async fn themes(browser: &Browser) {
    let background = async || {
        let script = "return getComputedStyle(document.body).backgroundColor";
        browser.run(script, vec![]).await
    };
    browser.prefer("light").await;
    let light = background().await;
    browser.prefer("dark").await;
    let dark = background().await;
    assert_ne!(light, dark);
    browser.find("#theme").await.click().await.unwrap();
    assert_eq!(background().await, light);
    browser.client.refresh().await.unwrap();
    browser.wait_for_text("#health-text", "live").await;
    assert_eq!(background().await, light);
    browser.find("#theme").await.click().await.unwrap();
    browser.prefer("light").await;
    assert_eq!(background().await, dark);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn every_view_is_reached_by_keyboard_alone() {
    let tenant = Tenant::start();
    tenant.post("page_view", &[page_view(1)]);
    let browser = Browser::open(&tenant.emulator).await;
    let mut presses = 0;
    while browser.focus().await != "tab-overview" {
        browser.press(Key::Tab).await;
        presses += 1;
        assert!(presses < 10, "the tabs come early in the order");
    }
    for view in VIEWS {
        assert_eq!(browser.focus().await, format!("tab-{view}"));
        browser.find(&format!("#panel-{view}:not([hidden])")).await;
        let outline = "return getComputedStyle(document.activeElement).outlineStyle";
        assert_eq!(browser.run(outline, vec![]).await, "solid", "{view}");
        assert_eq!(browser.count("[role='tab'][aria-selected='true']").await, 1);
        assert_eq!(browser.count("[role='tabpanel']:not([hidden])").await, 1);
        browser.press(Key::Right).await;
    }
    assert_eq!(browser.focus().await, "tab-overview", "they go round");
    browser.press(Key::End).await;
    assert_eq!(browser.focus().await, "tab-faults");
    // On into the view, to its first control.
    browser.press(Key::Tab).await;
    browser
        .wait_for("a focus in the view", async || {
            let script = "return document.activeElement.closest('#panel-faults') !== null";
            browser.run(script, vec![]).await == true
        })
        .await;
    a_record_by_keyboard(&browser).await;
    nameless(&browser).await;
    browser.close().await;
}

async fn a_record_by_keyboard(browser: &Browser) {
    browser.view("records").await;
    browser.find("#panel-records tbody button").await;
    browser
        .run(
            "document.querySelector('#panel-records tbody button').focus()",
            vec![],
        )
        .await;
    browser.press(Key::Enter).await;
    browser.find("aside.detail:not([hidden]) .json").await;
    browser.press(Key::Escape).await;
    browser
        .wait_for("a focus on the key", async || {
            let script = "return document.activeElement.closest('tbody') !== null";
            browser.run(script, vec![]).await == true
        })
        .await;
}

/// Whatever can be operated has a name.
async fn nameless(browser: &Browser) {
    for view in VIEWS {
        browser.view(view).await;
        let script = "return [...document.querySelectorAll('button, input, select, a')]
            .filter((one) => one.checkVisibility())
            .filter((one) => !one.textContent.trim() && !one.ariaLabel && !one.labels?.length
                && !one.getAttribute('aria-labelledby'))
            .map((one) => one.outerHTML)";
        assert_eq!(browser.run(script, vec![]).await, json!([]), "{view}");
    }
}
