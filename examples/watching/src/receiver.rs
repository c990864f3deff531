//! The smallest thing that takes OTLP over HTTP: decodes what comes and counts it. In its place stands
//! a collector.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::metrics::v1::Metric;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use prost::Message as _;
use tokio::net::TcpListener;

pub(crate) struct Receiver {
    address: SocketAddr,
    received: Shared,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Received {
    pub(crate) requests: usize,
    pub(crate) points: usize,
    pub(crate) names: BTreeSet<String>,
}

type Shared = Arc<Mutex<Received>>;

impl Receiver {
    pub(crate) async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let (address, received) = (listener.local_addr()?, Shared::default());
        let router = Router::new()
            .route("/v1/metrics", post(receive))
            .with_state(Arc::clone(&received));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { address, received })
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}/v1/metrics", self.address)
    }

    pub(crate) fn received(&self) -> Received {
        let received = self.received.lock();
        received.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn receive(State(received): State<Shared>, body: Bytes) -> StatusCode {
    let Ok(request) = ExportMetricsServiceRequest::decode(body) else {
        return StatusCode::BAD_REQUEST;
    };
    let mut received = received.lock().unwrap_or_else(PoisonError::into_inner);
    received.requests += 1;
    let scopes = request
        .resource_metrics
        .into_iter()
        .flat_map(|r| r.scope_metrics);
    for metric in scopes.flat_map(|scope| scope.metrics) {
        received.points += points(&metric);
        received.names.insert(metric.name);
    }
    StatusCode::OK
}

fn points(metric: &Metric) -> usize {
    match &metric.data {
        Some(Data::Sum(sum)) => sum.data_points.len(),
        Some(Data::Gauge(gauge)) => gauge.data_points.len(),
        Some(Data::Histogram(histogram)) => histogram.data_points.len(),
        _ => 0,
    }
}
