//! The TLS configuration: the machine's root certificates, and those of `INGEST_CA_FILE`.
//!
//! The cryptography is handed over explicitly, because a library must not set it for the process.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

use super::error::Error;
use super::settings::Settings;

#[cfg(not(any(feature = "aws-lc-rs", feature = "ring")))]
compile_error!("the feature `client` needs `aws-lc-rs` or `ring` beside it");

pub(crate) fn provider() -> Arc<CryptoProvider> {
    #[cfg(feature = "aws-lc-rs")]
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    #[cfg(not(feature = "aws-lc-rs"))]
    let provider = rustls::crypto::ring::default_provider();
    Arc::new(provider)
}

pub(crate) fn config(settings: &Settings) -> Result<ClientConfig, Error> {
    let extra = match &settings.ca_file {
        Some(path) => read_certificates(path)?,
        None => Vec::new(),
    };
    let builder = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(Error::tls)?;
    // On this machine alone nothing is encrypted, and a machine without certificates will do.
    if !settings.login.is_secure() {
        return Ok(builder
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth());
    }
    let verifier = Verifier::new_with_extra_roots(extra, provider()).map_err(Error::tls)?;
    Ok(builder
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth())
}

fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let refuse = |reason: String| Error::CaFile {
        path: path.to_owned(),
        reason,
    };
    let pem = fs::read(path).map_err(|error| refuse(error.to_string()))?;
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<_, _>>()
        .map_err(|_| refuse("it is not in PEM form".into()))?;
    if certificates.is_empty() {
        return Err(refuse("it holds no certificate".into()));
    }
    let mut store = RootCertStore::empty();
    for certificate in &certificates {
        let added = store.add(certificate.clone());
        added.map_err(|_| refuse("one of its certificates cannot be read".into()))?;
    }
    Ok(certificates)
}
