//! A connector's schema, read from an org: requests in order, one connector, one answer.
//!
//! Asks and pages; what the answers mean is decided in `choose` and `assemble`, free of I/O.

mod answers;
mod assemble;
mod choose;
mod keep;

use std::future::Future;

use ingest_core::org::Org;
use ingest_schema::{Problems, Schema};

use crate::list::quoted;
use answers::{Connection, DataStream, Page, read};

pub use keep::unknown_keys;

/// What was read, and what could not be learnt.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Pulled {
    /// The schema: objects by name; in each the primary key, the event time and the record modified
    /// field first, then the other fields by name.
    pub schema: Schema,
    /// What the org does not say or what had to be mapped, one sentence each, with the remedy.
    pub notes: Vec<String>,
}

/// Why a connector's schema could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PullError {
    /// An answer is not what the documentation promises.
    #[error("the org's answer to `{path}` cannot be used: {detail}")]
    Answer {
        /// What was asked for.
        path: String,
        /// What is wrong with the answer; never the answer itself.
        detail: String,
    },
    /// The org has nothing to read from.
    #[error(
        "the org has no Ingestion API connector\n  help: create one in Data Cloud Setup, under \
         Ingestion API"
    )]
    NoConnector,
    /// No connector was named, and there are several.
    #[error(
        "the org has several Ingestion API connectors: {}\n  help: name one with `--connector` or \
         `INGEST_SOURCE`",
        quoted(names)
    )]
    SeveralConnectors {
        /// Their names.
        names: Vec<String>,
    },
    /// No connector has the name that was given.
    #[error("the org has no Ingestion API connector `{wanted}`\n  help: {help}")]
    UnknownConnector {
        /// The name that was given.
        wanted: String,
        /// The connector that was probably meant, or those there are.
        help: String,
    },
    /// A field is of a type that the Ingestion API does not have.
    #[error(
        "object `{object}`, field `{field}`: `{data_type}` is no type of the Ingestion API\n  \
         help: upgrade ingest-codegen, or download the schema in Setup and use `--file`"
    )]
    UnknownKind {
        /// The object.
        object: String,
        /// The field.
        field: String,
        /// The type's name in the answer.
        data_type: String,
    },
    /// What the org answered breaks the rules for schemas.
    #[error(transparent)]
    Invalid(#[from] Problems),
    /// The login failed, or the org could not be reached or refused.
    #[error(transparent)]
    Org(#[from] ingest_core::Error),
}

/// Reads the schema of a connector, named by its label, its API name or its `<name>_<uuid>`; the
/// name may be left out where the org has only one.
///
/// # Errors
/// When the org refuses or is out of reach, when the connector is not clear, and when its schema
/// holds what no schema file can; see [`PullError`].
pub async fn pull(org: &Org, connector: Option<&str>) -> Result<Pulled, PullError> {
    pull_from(org, connector).await
}

/// How many items are asked for at a time; the service takes 200 at the most.
const PAGE: usize = 100;

/// No org has as many connectors or data streams as fit on these.
const MOST_PAGES: usize = 100;

/// Whatever answers a GET below the org's `/services/data/vNN.N/`.
trait Connect {
    fn get(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> impl Future<Output = Result<Vec<u8>, PullError>>;
}

impl Connect for Org {
    async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Vec<u8>, PullError> {
        Ok(Org::get(self, path, query).await?)
    }
}

async fn pull_from(org: &impl Connect, connector: Option<&str>) -> Result<Pulled, PullError> {
    let query = [("connectorType", "IngestApi")];
    let connections: Vec<Connection> = all(org, "ssot/connections", &query).await?;
    let connections: Vec<_> = connections
        .into_iter()
        .filter(Connection::is_ingest_api)
        .collect();
    let connection = choose::choose(&connections, connector)?;
    let id = connection.id.as_deref().ok_or_else(|| PullError::Answer {
        path: "ssot/connections".into(),
        detail: format!("connector `{}` has no `id`", connection.label()),
    })?;
    let path = format!("ssot/connections/{id}/schema");
    let schemas = read(&path, &org.get(&path, &[]).await?)?;
    let streams = streams(org, connection).await?;
    assemble::assemble(connection, &connections, schemas, &streams)
}

/// The connector's data streams, each with its data lake object.
async fn streams(org: &impl Connect, of: &Connection) -> Result<Vec<DataStream>, PullError> {
    let query = [("connectionName", of.name())];
    let mut streams: Vec<DataStream> = all(org, "ssot/data-streams", &query).await?;
    for stream in &mut streams {
        let Some(name) = stream.name_for_details() else {
            continue;
        };
        let path = format!("ssot/data-streams/{name}");
        *stream = read(&path, &org.get(&path, &[]).await?)?;
    }
    streams.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(streams)
}

/// Every item of a paged list.
async fn all<T>(org: &impl Connect, path: &str, query: &[(&str, &str)]) -> Result<Vec<T>, PullError>
where
    T: PartialEq,
    Page<T>: answers::ReadPage,
{
    let limit = PAGE.to_string();
    let mut items: Vec<T> = Vec::new();
    for _ in 0..MOST_PAGES {
        let offset = items.len().to_string();
        let paging = [("limit", limit.as_str()), ("offset", offset.as_str())];
        let query = [query, &paging].concat();
        let page: Page<T> = answers::ReadPage::read(path, &org.get(path, &query).await?)?;
        let (before, full) = (items.len(), page.items.len() >= PAGE);
        // Where the list grows while it is read, an item comes again on the next page; where the
        // server passes over `offset`, all of them do.
        let again = |item: &T| items.contains(item);
        let fresh: Vec<T> = page.items.into_iter().filter(|item| !again(item)).collect();
        items.extend(fresh);
        let more = page.has_next || page.total.map_or(full, |total| items.len() < total);
        if !more || items.len() == before {
            return Ok(items);
        }
    }
    Err(PullError::Answer {
        path: path.into(),
        detail: format!("its list has more than {MOST_PAGES} pages"),
    })
}

#[cfg(test)]
mod tests;
