//! A Chromium under a chromedriver of its own, both of which end with the value.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::key::Key;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use ingest_emulator::Emulator;
use serde_json::{Map, Value, json};
use url::Url;

/// Longer than anything takes on the busiest machine.
const LONG: Duration = Duration::from_secs(60);

/// The driver's process. It ends its browsers when it is told to end, and when it is killed.
struct Driver {
    process: Child,
    port: u16,
}

impl Driver {
    fn start() -> Self {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("`chromedriver`, of Debian's package `chromium-driver`");
        let output = process.stdout.take().unwrap();
        let port = BufReader::new(output).lines().find_map(|line| {
            let line = line.unwrap();
            let (_, port) = line.split_once("successfully on port ")?;
            port.trim_end_matches('.').parse().ok()
        });
        let port = port.expect("chromedriver says its port");
        Self { process, port }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It may have ended already.
        self.process.kill().unwrap_or_default();
        self.process.wait().unwrap();
    }
}

/// A browser that shows the page of an emulator.
pub(crate) struct Browser {
    pub(crate) client: Client,
    url: String,
    _driver: Driver,
}

/// A command of chromedriver's own.
#[derive(Debug)]
struct Own {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Own {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, url::ParseError> {
        let session = session.unwrap_or_default();
        base.join(&format!("session/{session}/{}", self.path))
    }

    fn method_and_body(&self, _: &Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}

impl Browser {
    pub(crate) async fn open(emulator: &Emulator) -> Self {
        let driver = Driver::start();
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities());
        let address = format!("http://127.0.0.1:{}", driver.port);
        let client = builder.connect(&address);
        let browser = Self {
            client: client.await.expect("chromedriver starts chromium"),
            url: emulator.tenant_url(),
            _driver: driver,
        };
        browser.size(1280, 800).await;
        browser.client.goto(&browser.url).await.unwrap();
        browser.wait_for_text("#health-text", "live").await;
        browser
    }

    /// Looks that nothing went wrong behind the page, and ends the browser.
    pub(crate) async fn close(self) {
        let log = self.own("se/log", json!({"type": "browser"})).await;
        let errors: Vec<_> = log.as_array().unwrap().iter().collect();
        assert!(errors.is_empty(), "{errors:?}");
        self.client.close().await.unwrap();
    }

    pub(crate) async fn size(&self, width: u32, height: u32) {
        self.scaled_size(width, height, 1.0).await;
    }

    /// With so many pixels for one of the page.
    pub(crate) async fn scaled_size(&self, width: u32, height: u32, scale: f64) {
        let metrics = json!({"cmd": "Emulation.setDeviceMetricsOverride", "params": {
            "width": width, "height": height, "deviceScaleFactor": scale, "mobile": false}});
        self.devtools(metrics).await;
    }

    /// What the system of the user prefers: `light` or `dark`.
    pub(crate) async fn prefer(&self, scheme: &str) {
        let feature = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        let media = json!({"cmd": "Emulation.setEmulatedMedia", "params": {"features": feature}});
        self.devtools(media).await;
    }

    async fn devtools(&self, body: Value) {
        self.own("goog/cdp/execute", body).await;
    }

    async fn own(&self, path: &'static str, body: Value) -> Value {
        self.client.issue_cmd(Own { path, body }).await.unwrap()
    }

    pub(crate) async fn view(&self, name: &str) {
        self.find(&format!("#tab-{name}"))
            .await
            .click()
            .await
            .unwrap();
        self.find(&format!("#panel-{name}:not([hidden])")).await;
    }

    pub(crate) async fn find(&self, css: &str) -> Element {
        let found = self
            .client
            .wait()
            .at_most(LONG)
            .for_element(Locator::Css(css));
        found.await.unwrap_or_else(|error| panic!("{css}: {error}"))
    }

    pub(crate) async fn count(&self, css: &str) -> usize {
        self.client.find_all(Locator::Css(css)).await.unwrap().len()
    }

    /// What the page shows at this place.
    pub(crate) async fn text(&self, css: &str) -> String {
        let script = "return document.querySelector(arguments[0])?.innerText ?? ''";
        let text = self.run(script, vec![css.into()]).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    pub(crate) async fn wait_for_text(&self, css: &str, part: &str) {
        self.wait_for(&format!("`{part}` at {css}"), async || {
            self.text(css).await.contains(part)
        })
        .await;
    }

    pub(crate) async fn wait_for(&self, what: &str, is_so: impl AsyncFn() -> bool) {
        let start = Instant::now();
        while !is_so().await {
            assert!(start.elapsed() < LONG, "no {what}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub(crate) async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute(script, arguments).await.unwrap()
    }

    /// Presses a key where the focus is.
    pub(crate) async fn press(&self, key: Key) {
        let down = KeyAction::Down { value: key.into() };
        let up = KeyAction::Up { value: key.into() };
        let keys = KeyActions::new("keys".to_owned()).then(down).then(up);
        self.client.perform_actions(keys).await.unwrap();
    }

    /// The `id` of what has the focus.
    pub(crate) async fn focus(&self) -> String {
        let id = self.run("return document.activeElement.id", vec![]).await;
        id.as_str().unwrap_or_default().to_owned()
    }

    pub(crate) async fn choose(&self, css: &str, value: &str) {
        // A list of options may still be on its way.
        self.find(&format!("{css} option[value='{value}']")).await;
        let select = self.find(css).await;
        select.select_by_value(value).await.unwrap();
    }
}

fn capabilities() -> Map<String, Value> {
    let arguments = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
        "--force-color-profile=srgb",
    ];
    let all = json!({
        "goog:chromeOptions": {"args": arguments},
        "goog:loggingPrefs": {"browser": "WARNING"},
    });
    all.as_object().cloned().unwrap_or_default()
}
