//! The org's answers as they come: every part optional, nothing judged.
//!
//! A part that is missing is dealt with where it is needed; a part of the wrong type is an error
//! that tells the place and never the contents.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::PullError;

/// One page of a list.
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    pub(super) total: Option<usize>,
    pub(super) has_next: bool,
}

/// A page whose list stands under a name of its own.
pub(super) trait ReadPage: Sized {
    fn read(path: &str, body: &[u8]) -> Result<Self, PullError>;
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawPage<T> {
    #[serde(alias = "connections", alias = "dataStreams")]
    items: Option<Vec<T>>,
    next_page_url: Option<String>,
    total_size: Option<usize>,
}

impl<T: DeserializeOwned> ReadPage for Page<T> {
    fn read(path: &str, body: &[u8]) -> Result<Self, PullError> {
        let raw: RawPage<T> = read(path, body)?;
        let Some(items) = raw.items else {
            return Err(PullError::Answer {
                path: path.into(),
                detail: "its list is missing".into(),
            });
        };
        Ok(Self {
            items,
            total: raw.total_size,
            has_next: raw.next_page_url.is_some_and(|url| !url.is_empty()),
        })
    }
}

pub(super) fn read<T: DeserializeOwned>(path: &str, body: &[u8]) -> Result<T, PullError> {
    serde_json::from_slice(body).map_err(|error| {
        let what = if error.is_data() {
            "a value has an unexpected type"
        } else {
            "it is not JSON"
        };
        let (line, column) = (error.line(), error.column());
        PullError::Answer {
            path: path.into(),
            detail: format!("{what}, line {line}, column {column}"),
        }
    })
}

#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Connection {
    pub(super) connector_type: Option<String>,
    pub(super) id: Option<String>,
    pub(super) label: Option<String>,
    pub(super) name: Option<String>,
}

impl Connection {
    pub(super) fn is_ingest_api(&self) -> bool {
        let kind = self.connector_type.as_deref();
        kind.is_none_or(|kind| kind.eq_ignore_ascii_case("IngestApi"))
    }

    /// The name with which Connect REST knows it, mostly with a `_<uuid>` behind.
    pub(super) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }

    /// What people call it.
    pub(super) fn label(&self) -> &str {
        self.label.as_deref().unwrap_or(self.name())
    }
}

#[derive(Deserialize)]
pub(super) struct Schemas {
    pub(super) schemas: Option<Vec<ObjectAnswer>>,
}

#[derive(Deserialize)]
pub(super) struct ObjectAnswer {
    pub(super) name: Option<String>,
    pub(super) fields: Option<Vec<FieldAnswer>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FieldAnswer {
    pub(super) name: Option<String>,
    pub(super) data_type: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct DataStream {
    pub(super) name: Option<String>,
    pub(super) label: Option<String>,
    pub(super) connector_info: Option<ConnectorInfo>,
    pub(super) data_lake_object_info: Option<DataLakeObject>,
    pub(super) refresh_config: Option<RefreshConfig>,
}

impl DataStream {
    /// The name to ask the details by, if the list left them out.
    pub(super) fn name_for_details(&self) -> Option<&str> {
        let name = self.name.as_deref().filter(|name| !name.is_empty())?;
        // API names; anything else would have to be encoded and is none.
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        (self.data_lake_object_info.is_none() && name.chars().all(plain)).then_some(name)
    }

    pub(super) fn connector_name(&self) -> Option<&str> {
        let details = self.connector_info.as_ref()?.connector_details.as_ref()?;
        details.name.as_deref().filter(|name| !name.is_empty())
    }

    pub(super) fn events(&self) -> impl Iterator<Item = &str> {
        let details = self
            .connector_info
            .as_ref()
            .and_then(|info| info.connector_details.as_ref());
        details
            .and_then(|details| details.events.as_deref())
            .unwrap_or_default()
            .iter()
            .filter_map(|event| match event {
                Event::Name(name) => Some(name.as_str()),
                Event::Named { name } => name.as_deref(),
            })
    }

    pub(super) fn refresh_mode(&self) -> Option<&str> {
        let mode = self.refresh_config.as_ref()?.refresh_mode.as_deref();
        mode.filter(|mode| !mode.is_empty())
    }
}

#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ConnectorInfo {
    connector_details: Option<ConnectorDetails>,
}

#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
struct ConnectorDetails {
    name: Option<String>,
    events: Option<Vec<Event>>,
}

/// The documentation shows names; an object with one is what other lists of the API hold.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
enum Event {
    Name(String),
    Named { name: Option<String> },
}

#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct DataLakeObject {
    pub(super) name: Option<String>,
    pub(super) category: Option<String>,
    pub(super) event_date_time_field_name: Option<String>,
    pub(super) record_modified_field_name: Option<String>,
    #[serde(rename = "dataLakeFieldInfoRepresentation")]
    pub(super) fields: Option<Vec<DataLakeField>>,
}

#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct DataLakeField {
    pub(super) name: Option<String>,
    pub(super) is_primary_key: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct RefreshConfig {
    refresh_mode: Option<String>,
}
