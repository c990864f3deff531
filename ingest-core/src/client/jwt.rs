//! The assertion of the JWT bearer flow: three claims and a clock, signed with RS256 by the
//! cryptography that TLS has linked already.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use rustls::SignatureScheme;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use super::error::Error;
use super::tls;

/// Seconds until an assertion ends; the login host takes a few minutes.
const LIFE: u64 = 180;

/// An assertion that is made `now`, in seconds since 1970 by the login host's clock.
pub(crate) fn assertion(
    client_id: &str,
    username: &str,
    audience: &str,
    private_key: &SecretString,
    now: u64,
) -> Result<SecretString, Error> {
    let claims = json!({
        "iss": client_id,
        "sub": username,
        "aud": audience,
        "exp": now + LIFE,
    });
    let header = BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","typ":"JWT"}"#);
    let claims = BASE64_URL_SAFE_NO_PAD.encode(claims.to_string());
    let message = format!("{header}.{claims}");
    let signature = sign(message.as_bytes(), private_key)?;
    let signature = BASE64_URL_SAFE_NO_PAD.encode(signature);
    Ok(format!("{message}.{signature}").into())
}

fn sign(message: &[u8], private_key: &SecretString) -> Result<Vec<u8>, Error> {
    // The reason why a key cannot be read is not passed on as it is: it might quote the key.
    let refuse = |reason: &str| Error::PrivateKey(reason.into());
    let pem = private_key.expose_secret();
    let key = PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| refuse(why_no_key(pem)))?;
    let key = tls::provider()
        .key_provider
        .load_private_key(key)
        .map_err(|_| {
            refuse("it is of a kind that is not supported; use RSA with 2048 bits or more")
        })?;
    let signer = key
        .choose_scheme(&[SignatureScheme::RSA_PKCS1_SHA256])
        .ok_or_else(|| refuse("it is no RSA key"))?;
    signer.sign(message).map_err(|_| refuse("signing failed"))
}

/// The usual reasons why a text is no private key.
fn why_no_key(pem: &str) -> &'static str {
    if pem.contains("ENCRYPTED") {
        "it is encrypted; write it out with `openssl pkcs8 -topk8 -nocrypt`"
    } else if pem.contains("BEGIN CERTIFICATE") {
        "it is a certificate; its private key is needed"
    } else if pem.contains(r"\n") {
        r"its lines are joined by `\n`; they must be lines"
    } else if pem.contains("-----BEGIN") {
        "it is cut off, or not in PEM form"
    } else {
        "it is no private key in PEM form; a path belongs into INGEST_PRIVATE_KEY_FILE"
    }
}
