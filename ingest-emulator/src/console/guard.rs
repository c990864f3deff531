//! Keeps other web pages out: a browser on this machine reaches the port, whoever wrote the page it
//! shows.
//!
//! A page that rebinds its name to this machine still sends that name as `Host`, so only addresses
//! and `localhost` are served. A page of another origin may send, but only what needs no leave: so
//! changes take JSON alone, and nothing ever gives leave. This protects from pages, not from
//! programs: whoever reaches the port may use it.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::{Ipv4Addr, Ipv6Addr};

use super::answer::Refused;

/// What every answer says to browsers.
const HEADERS: [(header::HeaderName, &str); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
         object-src 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (header::X_FRAME_OPTIONS, "DENY"),
];

pub(super) async fn pass(request: Request, next: Next) -> Response {
    let refused = refused(request.method(), request.uri(), request.headers());
    let mut response = match refused {
        Some(refused) => refused.into_response(),
        None => next.run(request).await,
    };
    for (name, value) in HEADERS {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}

fn refused(method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<Refused> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST).unwrap_or_default();
    if !is_here(host) {
        let message = format!(
            "`{host}` is a name that another page may have bound to this machine; \
             use `localhost` or an IP address"
        );
        return Some(Refused::new(StatusCode::FORBIDDEN, "host", message));
    }
    let is_api = uri.path().starts_with("/emulator/api");
    if is_api && is_of_another_page(headers, host) {
        let message = "pages of other origins may not use the emulator";
        return Some(Refused::new(StatusCode::FORBIDDEN, "origin", message));
    }
    let json = text(header::CONTENT_TYPE).is_some_and(is_json);
    if method == Method::POST && !json {
        let message = "a change needs `Content-Type: application/json`";
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Some(Refused::new(status, "content_type", message));
    }
    None
}

/// Whether the host of a request, with or without a port, cannot be a name of somebody else's.
fn is_here(host: &str) -> bool {
    if let Some(rest) = host.strip_prefix('[') {
        let inner = rest.split_once(']');
        return inner.is_some_and(|(ip, port)| ip.parse::<Ipv6Addr>().is_ok() && is_port(port));
    }
    let end = host.find(':').unwrap_or(host.len());
    let (name, port) = host.split_at(end);
    let is_address = name.parse::<Ipv4Addr>().is_ok() || name.eq_ignore_ascii_case("localhost");
    is_address && is_port(port)
}

fn is_port(port: &str) -> bool {
    port.is_empty()
        || port
            .strip_prefix(':')
            .is_some_and(|port| port.parse::<u16>().is_ok())
}

fn is_of_another_page(headers: &HeaderMap, host: &str) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let site = text("sec-fetch-site");
    let origin = text("origin");
    let same = |origin: &str| origin.split_once("://").is_some_and(|(_, own)| own == host);
    site.is_some_and(|site| !matches!(site, "same-origin" | "none"))
        || origin.is_some_and(|origin| !same(origin))
}

fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_and_localhost_are_here() {
        for host in [
            "127.0.0.1",
            "127.0.0.1:8787",
            "localhost:1",
            "LocalHost",
            "[::1]",
            "[::1]:8787",
            "192.168.1.7:80",
        ] {
            assert!(is_here(host), "{host}");
        }
        for host in [
            "",
            ":80",
            "evil.example",
            "evil.example:8787",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "127.0.0.1:evil",
            "localhost@evil.example",
            "[evil.example]",
            "[::1",
            "[::1]evil",
            "0x7f.1",
        ] {
            assert!(!is_here(host), "{host}");
        }
    }

    fn asked(method: &Method, headers: &[(&'static str, &'static str)]) -> Option<u16> {
        let headers = headers.iter().map(|(name, value)| {
            let name = header::HeaderName::from_static(name);
            (name, HeaderValue::from_static(value))
        });
        let mut all: HeaderMap = headers.collect();
        let own = HeaderValue::from_static("localhost:8787");
        all.entry(header::HOST).or_insert(own);
        let uri = Uri::from_static("/emulator/api/reset");
        let refused = refused(method, &uri, &all)?;
        Some(refused.into_response().status().as_u16())
    }

    #[test]
    fn a_change_is_json_from_here() {
        const JSON: (&str, &str) = ("content-type", "application/json; charset=utf-8");
        let post = &Method::POST;
        assert_eq!(asked(post, &[JSON]), None);
        assert_eq!(asked(post, &[]), Some(415));
        let form = ("content-type", "text/plain;application/json");
        assert_eq!(asked(post, &[form]), Some(415));
        let own = ("origin", "http://localhost:8787");
        assert_eq!(asked(post, &[JSON, own]), None);
        for origin in ["http://evil.example", "null", "http://localhost:1"] {
            assert_eq!(
                asked(post, &[JSON, ("origin", origin)]),
                Some(403),
                "{origin}"
            );
        }
        assert_eq!(asked(post, &[JSON, ("host", "evil.example")]), Some(403));
    }

    #[test]
    fn other_pages_do_not_read_either() {
        let get = |site| asked(&Method::GET, &[("sec-fetch-site", site)]);
        assert_eq!(get("same-origin"), None);
        assert_eq!(get("none"), None);
        assert_eq!(get("cross-site"), Some(403));
        assert_eq!(get("same-site"), Some(403));
        assert_eq!(asked(&Method::GET, &[]), None);
        let evil = [("origin", "http://evil.example")];
        assert_eq!(asked(&Method::DELETE, &evil), Some(403));
    }
}
