//! JSON Web Tokens: judges the assertion of the JWT bearer flow, and writes tenant tokens.
//!
//! The two have nothing else in common. Assertions are verified with RS256; a tenant token's
//! signature is random, since the tenant knows its tokens by having given them out.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::tokens::random_text;

/// The RSA pair of the one user who may log in by JWT bearer.
pub(crate) struct SigningKey {
    pair: KeyPair,
    pub(crate) pem: String,
}

impl SigningKey {
    pub(crate) fn generate() -> Self {
        let pair = KeyPair::generate(KeySize::Rsa2048).expect("BUG: RSA 2048 is a known size");
        let der: Pkcs8V1Der<'_> = pair.as_der().expect("BUG: a new key can be written");
        let pem = pem(der.as_ref());
        Self { pair, pem }
    }

    fn signed(&self, message: &str, signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, self.pair.public_key())
            .verify(message.as_bytes(), signature)
            .is_ok()
    }
}

fn pem(pkcs8: &[u8]) -> String {
    let text = STANDARD.encode(pkcs8);
    let mut pem = String::from("-----BEGIN PRIVATE KEY-----\n");
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        pem.push_str(line);
        pem.push('\n');
        rest = after;
    }
    pem.push_str("-----END PRIVATE KEY-----\n");
    pem
}

/// What an assertion must say to be believed.
pub(crate) struct Expected<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) username: &'a str,
    /// `HOST:PORT` of this login.
    pub(crate) host: &'a str,
    /// Unix seconds.
    pub(crate) now: i64,
}

/// Why an assertion is not believed, in the order in which it is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Denied {
    Unreadable,
    Client,
    Signature,
    Audience,
    Expiry,
    Subject,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: String,
    exp: f64,
}

/// Assertions are made for a few minutes; an hour allows for clocks that differ.
const LONGEST_SECONDS: i64 = 3600;

pub(crate) fn judge(
    assertion: &str,
    key: Option<&SigningKey>,
    expected: &Expected<'_>,
) -> Result<(), Denied> {
    let (signed, signature) = assertion.rsplit_once('.').ok_or(Denied::Unreadable)?;
    let (header, claims) = signed.split_once('.').ok_or(Denied::Unreadable)?;
    let header: Header = part(header)?;
    let claims: Claims = part(claims)?;
    let signature = decode(signature)?;
    let verified = header.alg == "RS256" && key.is_some_and(|key| key.signed(signed, &signature));
    require(claims.iss == expected.client_id, Denied::Client)?;
    require(verified, Denied::Signature)?;
    require(is_audience(&claims.aud, expected.host), Denied::Audience)?;
    require(is_soon(claims.exp, expected.now), Denied::Expiry)?;
    require(claims.sub == expected.username, Denied::Subject)
}

fn require(met: bool, otherwise: Denied) -> Result<(), Denied> {
    if met { Ok(()) } else { Err(otherwise) }
}

/// The login's own URL or one of the two that every org shares; with or without a scheme.
fn is_audience(audience: &str, host: &str) -> bool {
    let bare = audience
        .strip_prefix("https://")
        .or_else(|| audience.strip_prefix("http://"))
        .unwrap_or(audience);
    let bare = bare.strip_suffix('/').unwrap_or(bare);
    [host, "login.salesforce.com", "test.salesforce.com"].contains(&bare)
}

/// In the future and near: an expiry in milliseconds lies thousands of years away.
#[expect(clippy::cast_precision_loss, reason = "Unix seconds fit an f64")]
fn is_soon(expiry: f64, now: i64) -> bool {
    expiry > now as f64 && expiry <= (now + LONGEST_SECONDS) as f64
}

fn decode(text: &str) -> Result<Vec<u8>, Denied> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Denied::Unreadable)
}

fn part<T: DeserializeOwned>(text: &str) -> Result<T, Denied> {
    serde_json::from_slice(&decode(text)?).map_err(|_| Denied::Unreadable)
}

/// A tenant token: `exp` and `audienceTenantId` as a client may read them, the rest for show.
pub(crate) fn tenant_token(tenant: &str, now: i64, life_seconds: u64) -> String {
    let life = i64::try_from(life_seconds).unwrap_or(i64::MAX);
    let header = serde_json::json!({"alg": "RS256", "typ": "JWT"});
    let claims = serde_json::json!({
        "iss": "https://emulator.example/",
        "audienceTenantId": tenant,
        "iat": now,
        "exp": now.saturating_add(life),
        "jti": random_text::<16>(),
    });
    let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{}", part(header), part(claims), random_text::<256>())
}
