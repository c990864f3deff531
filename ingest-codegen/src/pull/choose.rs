//! Which of an org's connectors is meant.
//!
//! Pure. Connect REST knows a connector as `Web_<uuid>`; people and ingest URLs call it `Web`.

use ingest_schema::names::similar;

use super::PullError;
use super::answers::Connection;
use crate::list::quoted;

/// The connector of this name, or the only one there is.
pub(super) fn choose<'a>(
    connections: &'a [Connection],
    wanted: Option<&str>,
) -> Result<&'a Connection, PullError> {
    let Some(wanted) = wanted else {
        return match connections {
            [] => Err(PullError::NoConnector),
            [only] => Ok(only),
            _ => Err(several(connections.iter())),
        };
    };
    let by_name = |connection: &&Connection| connection.name() == wanted;
    if let Some(exact) = connections.iter().find(by_name) {
        return Ok(exact);
    }
    let found: Vec<_> = connections
        .iter()
        .filter(|connection| goes_by(connection, wanted))
        .collect();
    match found.as_slice() {
        [] => Err(unknown(connections, wanted)),
        [one] => Ok(one),
        several_found => Err(several(several_found.iter().copied())),
    }
}

/// Whether people would call the connector this.
pub(super) fn goes_by(connection: &Connection, name: &str) -> bool {
    connection.name() == name
        || connection.label.as_deref() == Some(name)
        || short_name(connection.name()) == name
}

/// The name as created: what stands before `_<uuid>`, whose groups are divided by `-`, `_` or not.
pub(super) fn short_name(name: &str) -> &str {
    for length in [36, 32] {
        let Some(start) = name.len().checked_sub(length + 1) else {
            continue;
        };
        let suffix = name.get(start..).and_then(|rest| rest.strip_prefix('_'));
        if start > 0 && suffix.is_some_and(is_uuid) {
            return &name[..start];
        }
    }
    name
}

fn is_uuid(text: &str) -> bool {
    let dashed = text.len() == 36;
    text.bytes().enumerate().all(|(index, byte)| {
        if dashed && matches!(index, 8 | 13 | 18 | 23) {
            matches!(byte, b'-' | b'_')
        } else {
            byte.is_ascii_hexdigit()
        }
    })
}

/// Names to tell the connectors apart: short where that suffices.
fn several<'a>(connections: impl Iterator<Item = &'a Connection>) -> PullError {
    let mut names: Vec<_> = connections.map(Connection::name).collect();
    names.sort_unstable();
    let mut short: Vec<_> = names.iter().map(|name| short_name(name)).collect();
    short.dedup();
    let chosen = if short.len() == names.len() {
        short
    } else {
        names
    };
    PullError::SeveralConnectors {
        names: chosen.into_iter().map(str::to_owned).collect(),
    }
}

fn unknown(connections: &[Connection], wanted: &str) -> PullError {
    if connections.is_empty() {
        return PullError::NoConnector;
    }
    let mut names: Vec<_> = connections
        .iter()
        .map(|connection| short_name(connection.name()))
        .collect();
    names.sort_unstable();
    PullError::UnknownConnector {
        wanted: wanted.into(),
        help: match similar(wanted, names.iter().copied()) {
            Some(near) => format!("a connector with a similar name exists: `{near}`"),
            None => format!("its connectors are {}", quoted(&names)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEB: &str = "Web_0a1b2c3d-0000-4000-8000-0123456789ab";

    fn connection(name: &str, label: &str) -> Connection {
        Connection {
            label: Some(label.into()),
            name: Some(name.into()),
            ..Connection::default()
        }
    }

    #[test]
    fn the_suffix_goes_whatever_divides_it() {
        assert_eq!(short_name(WEB), "Web");
        assert_eq!(short_name(&WEB.replace('-', "_")), "Web");
        assert_eq!(short_name(&WEB.replace('-', "")), "Web");
        assert_eq!(short_name("My_Web"), "My_Web");
        let bare = WEB.strip_prefix("Web").unwrap();
        assert_eq!(short_name(bare), bare);
        assert_eq!(
            short_name("Wéb_0a1b2c3d00004000800001234567é"),
            "Wéb_0a1b2c3d00004000800001234567é"
        );
    }

    #[test]
    fn a_connector_answers_to_its_names() {
        let all = [connection(WEB, "The shop"), connection("Till", "Tills")];
        for name in [WEB, "Web", "The shop"] {
            assert_eq!(choose(&all, Some(name)).unwrap().name(), WEB);
        }
        assert_eq!(choose(&all[1..], None).unwrap().name(), "Till");
    }

    #[test]
    fn errors_name_what_there_is() {
        let all = [connection("Till", "Tills"), connection(WEB, "The shop")];
        let message = |all: &[Connection], wanted| choose(all, wanted).unwrap_err().to_string();
        assert!(message(&all, None).contains("connectors: `Till`, `Web`\n  help: name one"));
        assert!(
            message(&all, Some("web")).ends_with("a connector with a similar name exists: `Web`")
        );
        assert!(message(&all, Some("x")).ends_with("its connectors are `Till`, `Web`"));
        assert!(message(&[], None).starts_with("the org has no Ingestion API connector\n"));
        assert!(message(&[], Some("x")).starts_with("the org has no Ingestion API connector\n"));
        let other = WEB.replace("0a1b", "ffff");
        let twins = [connection(WEB, "a"), connection(&other, "b")];
        let full = format!("`{WEB}`, `{other}`");
        assert!(message(&twins, Some("Web")).contains(&full));
    }
}
