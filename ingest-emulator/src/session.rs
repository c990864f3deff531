//! What comes after the first login: a new org token for a refresh token, and the end of a token.
//!
//! Only what is particular to the two calls; clients are checked and tokens made in `auth`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::answer::OAuthError;
use crate::auth::{Fields, FormResult, check_client, fields, required};
use crate::tenant::Tenant;
use crate::tokens::Standing;

pub(crate) const REFRESH_TOKEN: &str = "refresh_token";

const EXPIRED: OAuthError = OAuthError::bad("invalid_grant", "expired access/refresh token");

/// Whether the client may have a new org token for its refresh token.
pub(crate) fn check_refresh(tenant: &Tenant, fields: &Fields) -> Result<(), OAuthError> {
    check_client(tenant, fields)?;
    let missing = "refresh token is missing";
    let token = required(fields, REFRESH_TOKEN, "invalid_request", missing)?;
    match tenant.refresh_tokens().standing(token) {
        Standing::Good => Ok(()),
        Standing::Expired | Standing::Unknown => Err(EXPIRED),
    }
}

/// `POST /services/oauth2/revoke`: ends an org token or a refresh token. Tenant tokens live on,
/// those of a revoked org token too.
pub(crate) async fn revoke(State(tenant): State<Arc<Tenant>>, form: FormResult) -> Response {
    match end(&tenant, form) {
        Ok(()) => StatusCode::OK.into_response(),
        Err(error) => error.into_response(),
    }
}

fn end(tenant: &Tenant, form: FormResult) -> Result<(), OAuthError> {
    let unknown = OAuthError::bad("invalid_token", "this token is invalid");
    let fields = fields(form)?;
    let Some(token) = fields.get("token") else {
        return Err(unknown);
    };
    if tenant.org_tokens().revoke(token) || tenant.refresh_tokens().revoke(token) {
        return Ok(());
    }
    if tenant.tenant_tokens().standing(token) == Standing::Good {
        let sort = "this sort of token cannot be revoked here";
        return Err(OAuthError::bad("unsupported_token_type", sort));
    }
    Err(unknown)
}
