//! The two steps to a tenant token: the org's login, then the exchange. And the bearer check of
//! everything that comes after.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::{Value, json};

use crate::answer::{OAuthError, Problem};
use crate::jwt::{self, Denied, Expected};
use crate::moment::Moment;
use crate::session::{REFRESH_TOKEN, check_refresh};
use crate::tenant::Tenant;
use crate::tokens::{Standing, random_text};

const CLIENT_CREDENTIALS: &str = "client_credentials";
const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const EXCHANGE: &str = "urn:salesforce:grant-type:external:cdp";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";

/// What a stale org token gets from the exchange: a page, and no error status.
const LOGIN_PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Login | Salesforce</title></head>\
    <body><form id=\"login_form\" method=\"post\"></form></body></html>\n";

pub(crate) type Fields = HashMap<String, String>;
pub(crate) type FormResult = Result<Form<Fields>, FormRejection>;

/// The fields of a form; a body of another content type has none.
pub(crate) fn fields(form: FormResult) -> Result<Fields, OAuthError> {
    let not_a_form = OAuthError::bad("invalid_request", "the body must be form-encoded");
    form.map(|Form(fields)| fields).map_err(|_| not_a_form)
}

pub(crate) fn required<'a>(
    fields: &'a Fields,
    name: &str,
    error: &'static str,
    otherwise: &'static str,
) -> Result<&'a str, OAuthError> {
    let value = fields.get(name).map(String::as_str);
    value.ok_or(OAuthError::bad(error, otherwise))
}

/// `POST /services/oauth2/token`
pub(crate) async fn login(State(tenant): State<Arc<Tenant>>, form: FormResult) -> Response {
    log_in(&tenant, form).map_or_else(OAuthError::into_response, IntoResponse::into_response)
}

fn log_in(tenant: &Tenant, form: FormResult) -> Result<Json<Value>, OAuthError> {
    let fields = fields(form)?;
    match required(
        &fields,
        "grant_type",
        "invalid_request",
        "grant type is missing",
    )? {
        CLIENT_CREDENTIALS => {
            check_client(tenant, &fields)?;
            Ok(Json(with_signature(org_token(tenant))))
        }
        JWT_BEARER => {
            check_assertion(tenant, &fields)?;
            Ok(Json(org_token(tenant)))
        }
        REFRESH_TOKEN => {
            check_refresh(tenant, &fields)?;
            Ok(Json(with_signature(org_token(tenant))))
        }
        _ => Err(UNSUPPORTED),
    }
}

const UNSUPPORTED: OAuthError =
    OAuthError::bad("unsupported_grant_type", "grant type not supported");

const WRONG_CLIENT: OAuthError = OAuthError {
    status: StatusCode::UNAUTHORIZED,
    error: "invalid_client",
    description: "invalid client credentials",
};

pub(crate) fn check_client(tenant: &Tenant, fields: &Fields) -> Result<(), OAuthError> {
    let missing = "client credentials are missing";
    let id = required(fields, "client_id", "invalid_request", missing)?;
    let secret = required(fields, "client_secret", "invalid_request", missing)?;
    let known = id == tenant.names.client_id && secret == tenant.names.client_secret;
    if known { Ok(()) } else { Err(WRONG_CLIENT) }
}

fn check_assertion(tenant: &Tenant, fields: &Fields) -> Result<(), OAuthError> {
    let assertion = required(
        fields,
        "assertion",
        "invalid_request",
        "assertion is missing",
    )?;
    let expected = Expected {
        client_id: &tenant.names.client_id,
        username: &tenant.names.username,
        host: &tenant.address.to_string(),
        now: Moment::now().seconds(),
    };
    jwt::judge(assertion, tenant.known_signing_key(), &expected).map_err(denied)
}

fn denied(why: Denied) -> OAuthError {
    let description = match why {
        Denied::Client => return WRONG_CLIENT,
        Denied::Unreadable | Denied::Signature => "invalid assertion",
        Denied::Audience => "audience is invalid",
        Denied::Expiry => "expired authorization code",
        Denied::Subject => "user hasn't approved this consumer",
    };
    OAuthError::bad("invalid_grant", description)
}

/// A new org token in its answer, which never says how long the token lives.
fn org_token(tenant: &Tenant) -> Value {
    let token = format!("{}!AQ{}", tenant.names.org, random_text::<64>());
    let life = tenant.options.org_token_life;
    tenant.org_tokens().add(token.clone(), life);
    json!({
        "access_token": token,
        "scope": tenant.options.scopes,
        "instance_url": tenant.url(),
        "id": format!("{}/id/{}/005000000000001AAA", tenant.url(), tenant.names.org),
        "token_type": "Bearer",
    })
}

/// What only some flows add: a time in milliseconds as a string, and a signature nobody checks.
fn with_signature(mut answer: Value) -> Value {
    let milliseconds = Moment::now().seconds() * 1000;
    answer["issued_at"] = milliseconds.to_string().into();
    answer["signature"] = random_text::<32>().into();
    answer
}

/// `POST /services/a360/token`
pub(crate) async fn exchange(State(tenant): State<Arc<Tenant>>, form: FormResult) -> Response {
    match subject_standing(&tenant, form) {
        Err(error) => error.into_response(),
        Ok(Standing::Good) => Json(tenant_token(&tenant)).into_response(),
        Ok(Standing::Expired) => Html(LOGIN_PAGE).into_response(),
        Ok(Standing::Unknown) => {
            OAuthError::bad("invalid_request", "invalid subject token").into_response()
        }
    }
}

fn subject_standing(tenant: &Tenant, form: FormResult) -> Result<Standing, OAuthError> {
    let fields = fields(form)?;
    let error = "invalid_request";
    if required(&fields, "grant_type", error, "grant type is missing")? != EXCHANGE {
        return Err(UNSUPPORTED);
    }
    let sort = "invalid subject token type";
    if required(&fields, "subject_token_type", error, sort)? != ACCESS_TOKEN {
        return Err(OAuthError::bad(error, sort));
    }
    let known = &tenant.options.dataspaces;
    if let Some(dataspace) = fields.get("dataspace")
        && !(known.is_empty() || known.contains(dataspace))
    {
        return Err(OAuthError::bad(error, "invalid dataspace"));
    }
    let token = required(&fields, "subject_token", error, "invalid subject token")?;
    Ok(tenant.org_tokens().standing(token))
}

fn tenant_token(tenant: &Tenant) -> Value {
    let options = &tenant.options;
    let life = options.tenant_token_life;
    let token = jwt::tenant_token(
        &tenant.names.tenant,
        Moment::now().seconds(),
        life.as_secs(),
    );
    tenant.tenant_tokens().add(token.clone(), life);
    let host = if options.bare_host {
        tenant.address.to_string()
    } else {
        tenant.url()
    };
    let expires_in: Value = if options.expires_in_as_text {
        life.as_secs().to_string().into()
    } else {
        life.as_secs().into()
    };
    json!({
        "access_token": token,
        "instance_url": host,
        "token_type": "Bearer",
        "issued_token_type": JWT,
        "expires_in": expires_in,
    })
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}

/// Lets a request of the ingest endpoints pass, or says why not.
pub(crate) fn check_tenant_token(tenant: &Tenant, headers: &HeaderMap) -> Result<(), Problem> {
    check_known_token(tenant, headers)?;
    if has_scope(tenant, "cdp_ingest_api") {
        Ok(())
    } else {
        Err(Problem::unauthorized("Missing scope cdp_ingest_api"))
    }
}

/// The same for the tenant's other endpoints, whose scopes nobody has written down here.
pub(crate) fn check_known_token(tenant: &Tenant, headers: &HeaderMap) -> Result<(), Problem> {
    let Some(token) = bearer(headers) else {
        return Err(Problem::unauthorized("Missing bearer token"));
    };
    match tenant.tenant_tokens().standing(token) {
        Standing::Good => Ok(()),
        Standing::Expired => Err(Problem::unauthorized("Invalid JWT (not before or expired)")),
        Standing::Unknown => Err(Problem::unauthorized("Invalid JWT")),
    }
}

/// Whether tokens are given out with this scope.
pub(crate) fn has_scope(tenant: &Tenant, scope: &str) -> bool {
    let mut scopes = tenant.options.scopes.split_ascii_whitespace();
    scopes.any(|given| given == scope)
}

/// Whether a request of Connect REST carries a good org token.
pub(crate) fn has_org_token(tenant: &Tenant, headers: &HeaderMap) -> bool {
    bearer(headers).is_some_and(|token| tenant.org_tokens().standing(token) == Standing::Good)
}
