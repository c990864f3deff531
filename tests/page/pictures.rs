//! The pictures of the README, drawn by every run and written when `PAGE_SCREENSHOTS` names a folder.

use std::path::Path;
use std::time::Duration;
use std::{env, fs};

use serde_json::json;

use crate::browser::Browser;
use crate::tenant::{Tenant, page_view, visitor, with};

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_pictures_of_the_readme_are_drawn() {
    let folder = env::var_os("PAGE_SCREENSHOTS");
    let tenant = Tenant::start();
    let browser = Browser::open(&tenant.emulator).await;
    // A chart of five minutes wants more than a moment's records.
    let seconds = if folder.is_some() { 150 } else { 1 };
    let mut clock = tokio::time::interval(Duration::from_secs(1));
    for second in 0..seconds {
        if folder.is_some() {
            clock.tick().await;
        }
        traffic(&tenant, second);
    }
    mistakes(&tenant, seconds);
    tenant.post("visitor", &[visitor(401), visitor(402), visitor(403)]);
    for scheme in ["light", "dark"] {
        browser.prefer(scheme).await;
        for (view, height) in [("overview", 620), ("records", 620), ("faults", 700)] {
            browser.scaled_size(1120, height, 1.5).await;
            browser.view(view).await;
            prepare(&browser, view).await;
            browser.run("scrollTo(0, 0)", vec![]).await;
            let picture = browser.client.screenshot().await.unwrap();
            assert!(picture.starts_with(b"\x89PNG"), "{view} in {scheme}");
            if let Some(folder) = &folder {
                let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
                let name = format!("emulator-{view}-{scheme}.png");
                fs::write(root.join(folder).join(name), picture).unwrap();
            }
        }
    }
    browser.close().await;
}

/// What a shop sends in one second: mostly good.
fn traffic(tenant: &Tenant, second: usize) {
    let wave = (second % 90).abs_diff(45) * 2 + 20 + second * 7 % 11 * 2;
    let records: Vec<_> = (0..wave).map(|n| page_view(second * 100 + n)).collect();
    tenant.post("page_view", &records);
    if second.is_multiple_of(3) {
        tenant.post("visitor", &[visitor(second % 400)]);
    }
    if second.is_multiple_of(23) {
        mistakes(tenant, second);
    }
}

/// A word in place of a time, of an address and of a number, and a key too many.
fn mistakes(tenant: &Tenant, second: usize) {
    let late = with(
        page_view(second * 100 + 90),
        "occurred_at",
        json!("11.07.2026 09:12"),
    );
    tenant.post("page_view", &[page_view(second * 100 + 91), late]);
    tenant.post(
        "visitor",
        &[with(visitor(7), "email", json!("ada.example.com"))],
    );
    let price = with(page_view(second * 100 + 92), "revenue", json!("19,90"));
    tenant.post("page_view", &[with(price, "currency", json!("EUR"))]);
}

/// Brings a view to where it shows most.
async fn prepare(browser: &Browser, view: &str) {
    match view {
        "overview" => {
            browser
                .wait_for_text("#panel-overview", "Records a second")
                .await;
        }
        "records" => {
            browser.choose("#record-outcome", "").await;
            browser.find("#panel-records tbody .badge.bad").await;
            let open =
                "document.querySelector('#panel-records tbody tr:has(.badge.bad) button').click()";
            browser.run(open, vec![]).await;
            browser.find(".detail .json").await;
        }
        _ => {
            browser.wait_for_text("#panel-faults", "Switches").await;
            let is_on = browser.count("#switch-busy[aria-checked='true']").await > 0;
            if !is_on {
                browser.find("#switch-busy").await.click().await.unwrap();
            }
            browser.find("#switch-busy[aria-checked='true']").await;
        }
    }
}
