//! Uses the service as its callers do, and ends it as whoever runs it does.

use std::net::SocketAddr;

use anyhow::{Result, anyhow, ensure};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

const EVENTS: u32 = 1_000;

pub(crate) async fn run(address: SocketAddr) -> Result<()> {
    let used = use_it(address).await;
    // Also after a failure, for otherwise the service would run for ever.
    terminate()?;
    used
}

async fn use_it(address: SocketAddr) -> Result<()> {
    // A program may decide on the TLS of its process; it is not used here.
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    provider
        .install_default()
        .map_err(|_| anyhow!("a TLS provider was installed before"))?;
    let client = Client::new();
    for number in 0..EVENTS {
        let url = "https://shop.example.com/";
        let event = json!({"event_id": format!("e-{number}"), "visitor_id": "v-1", "url": url});
        ensure!(post(&client, address, &event).await? == StatusCode::ACCEPTED);
    }
    let broken = json!({"event_id": "e", "visitor_id": "v", "url": "no address"});
    ensure!(post(&client, address, &broken).await? == StatusCode::UNPROCESSABLE_ENTITY);

    let health = client
        .get(format!("http://{address}/health"))
        .send()
        .await?;
    ensure!(health.status() == StatusCode::OK, "{}", health.status());
    let health: Value = serde_json::from_slice(&health.bytes().await?)?;
    ensure!(health["condition"] == "open", "{health}");
    Ok(())
}

async fn post(client: &Client, address: SocketAddr, event: &Value) -> Result<StatusCode> {
    let request = client
        .post(format!("http://{address}/page-views"))
        .header("content-type", "application/json")
        .body(event.to_string());
    Ok(request.send().await?.status())
}

#[cfg(unix)]
fn terminate() -> Result<()> {
    Ok(nix::sys::signal::raise(nix::sys::signal::Signal::SIGTERM)?)
}

#[cfg(not(unix))]
fn terminate() -> Result<()> {
    Err(anyhow!(
        "only Unix has SIGTERM\nhelp: end the service with ctrl-c"
    ))
}
