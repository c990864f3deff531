//! Pages in, schema out, against an org that is a table of answers.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use ingest_schema::{Category, Kind, RefreshMode};
use serde_json::{Value, json};

use super::*;

/// Answers by path; lists are cut into pages as the service does.
#[derive(Default)]
struct Table {
    lists: HashMap<String, (&'static str, Vec<Value>)>,
    answers: HashMap<String, String>,
    with_total: bool,
    asked: RefCell<Vec<String>>,
}

impl Connect for Table {
    async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Vec<u8>, PullError> {
        let value = |name| {
            query
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| *value)
        };
        let parts: Vec<_> = query
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        self.asked
            .borrow_mut()
            .push(format!("{path}?{}", parts.join("&")));
        if let Some((name, items)) = self.lists.get(path) {
            let offset: usize = value("offset").unwrap().parse().unwrap();
            let limit: usize = value("limit").unwrap().parse().unwrap();
            let page: Vec<_> = items.iter().skip(offset).take(limit).collect();
            let mut body = json!({ *name: page, "currentPageUrl": "x", "nextPageUrl": null });
            if offset + page.len() < items.len() {
                body["nextPageUrl"] = "/next".into();
            }
            if self.with_total {
                body["totalSize"] = items.len().into();
            }
            return Ok(body.to_string().into_bytes());
        }
        match self.answers.get(path) {
            Some(answer) => Ok(answer.clone().into_bytes()),
            None => panic!("nobody expected {path}"),
        }
    }
}

const NAME: &str = "Web_0a1b2c3d-0000-4000-8000-0123456789ab";

fn web() -> Table {
    let connections = vec![
        json!({"connectorType": "INGESTAPI", "id": "1WM1", "label": "Web", "name": NAME, "status": "CONNECTED"}),
        json!({"connectorType": "S3", "id": "1WM2", "label": "Bucket", "name": "Bucket"}),
        json!({"connectorType": "IngestApi", "id": "1WM3", "label": "Till", "name": "Till"}),
    ];
    let schemas = json!({"schemas": [
        {"label": "Visitor", "name": "visitor", "schemaType": "IngestApi", "fields": [
            {"name": "Country", "label": "Country", "dataType": "Text"},
            {"name": "changed-at", "dataType": "DateTime"},
            {"name": "born", "dataType": "DateOnly"},
            {"name": "email", "dataType": "EMAIL"},
            {"name": "id", "dataType": "Text"}]},
        {"name": "page_view", "availabilityStatus": "InUse", "unheard_of": [1], "fields": [
            {"name": "url", "dataType": "Url"},
            {"name": "price", "dataType": "Currency"},
            {"name": "at", "dataType": "DateTime"},
            {"name": "id", "dataType": "Text"}]},
        {"name": "basket", "fields": [{"name": "id", "dataType": "Text"}]}]});
    let streams = vec![stream("page_view", "Engagement"), {
        let mut stream = stream("visitor", "PROFILE");
        stream["dataLakeObjectInfo"]["eventDateTimeFieldName"] = "".into();
        stream["dataLakeObjectInfo"]["recordModifiedFieldName"] = "changed_at__c".into();
        stream["refreshConfig"]["refreshMode"] = "partial_update".into();
        stream
    }];
    Table {
        lists: HashMap::from([
            ("ssot/connections".into(), ("connections", connections)),
            ("ssot/data-streams".into(), ("dataStreams", streams)),
        ]),
        answers: HashMap::from([("ssot/connections/1WM1/schema".into(), schemas.to_string())]),
        ..Table::default()
    }
}

fn stream(object: &str, category: &str) -> Value {
    json!({
        "name": format!("Web_{object}"), "label": object, "status": "ACTIVE",
        "connectorInfo": {"connectorType": "IngestApi", "connectorDetails": {"name": NAME, "events": [object]}},
        "dataLakeObjectInfo": {
            "name": format!("{object}__dll"), "category": category,
            "eventDateTimeFieldName": "at__c", "recordModifiedFieldName": null,
            "dataLakeFieldInfoRepresentation": [
                {"name": "DataSource__c", "dataType": "Text", "isPrimaryKey": false},
                {"name": "id__c", "dataType": "Text", "isPrimaryKey": true},
                {"name": "Internal__c", "isPrimaryKey": null}]},
        "sourceFields": [], "refreshConfig": {"refreshMode": "UPSERT"}, "totalRecords": 7
    })
}

fn streams_of(org: &mut Table) -> &mut Vec<Value> {
    &mut org.lists.get_mut("ssot/data-streams").unwrap().1
}

/// The table answers at once, so nothing ever waits.
fn pulled(org: &Table, connector: Option<&str>) -> Result<Pulled, PullError> {
    let future = pin!(pull_from(org, connector));
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("a table never makes anyone wait"),
    }
}

#[test]
fn kinds_roles_and_order_come_out() {
    let org = web();
    let Pulled { schema, notes } = pulled(&org, Some("Web")).unwrap();
    assert_eq!(schema.connector.as_deref(), Some("Web"));
    assert_eq!(schema.title.as_deref(), Some("Web"));
    let shown: Vec<_> = schema
        .objects
        .iter()
        .map(|object| {
            let fields = object.fields.iter().map(|field| field.name.as_str());
            (object.name.as_str(), fields.collect::<Vec<_>>())
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("basket", vec!["id"]),
            ("page_view", vec!["id", "at", "price", "url"]),
            (
                "visitor",
                vec!["id", "changed-at", "Country", "born", "email"]
            ),
        ]
    );
    let [_, view, visitor] = schema.objects.as_slice() else {
        panic!("three objects");
    };
    assert_eq!(view.field("price").unwrap().kind, Kind::Number);
    assert_eq!(visitor.field("born").unwrap().kind, Kind::Date);
    assert_eq!(visitor.field("email").unwrap().kind, Kind::Email);
    assert_eq!(view.roles.category, Some(Category::Engagement));
    assert_eq!(view.roles.event_time.as_deref(), Some("at"));
    assert_eq!(view.roles.record_modified, None);
    assert_eq!(view.roles.refresh_mode, Some(RefreshMode::Upsert));
    assert_eq!(visitor.roles.category, Some(Category::Profile));
    assert_eq!(visitor.roles.primary_key.as_deref(), Some("id"));
    assert_eq!(visitor.roles.event_time, None);
    assert_eq!(visitor.roles.record_modified.as_deref(), Some("changed-at"));
    assert_eq!(visitor.roles.refresh_mode, Some(RefreshMode::Partial));
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert!(notes[0].starts_with("object `basket` has no data stream"));
    assert!(
        notes[1].starts_with("object `page_view`, field `price`: Currency is written as Number")
    );
    assert_eq!(
        *org.asked.borrow(),
        [
            "ssot/connections?connectorType=IngestApi&limit=100&offset=0",
            "ssot/connections/1WM1/schema?",
            &format!("ssot/data-streams?connectionName={NAME}&limit=100&offset=0"),
        ]
    );
}

#[test]
fn every_page_is_read() {
    for with_total in [false, true] {
        let mut org = web();
        org.with_total = with_total;
        let others = (0..250).map(|n| stream(&format!("other_{n}"), "Other"));
        let wanted = std::mem::take(streams_of(&mut org));
        streams_of(&mut org).extend(others.chain(wanted));
        let pulled = pulled(&org, Some("Web")).unwrap();
        assert!(pulled.schema.objects[1].roles.primary_key.is_some());
        assert_eq!(org.asked.borrow().len(), 5);
    }
}

#[test]
fn a_server_that_passes_over_the_offset_does_not_hold_us() {
    struct Same(Table);
    impl Connect for Same {
        async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Vec<u8>, PullError> {
            let mut query = query.to_vec();
            query.retain(|(key, _)| *key != "offset");
            query.push(("offset", "0"));
            self.0.get(path, &query).await
        }
    }
    let mut org = web();
    let more = (0..150).map(|n| stream(&format!("other_{n}"), "Other"));
    streams_of(&mut org).extend(more);
    let same = Same(org);
    let future = pin!(pull_from(&same, Some("Web")));
    let Poll::Ready(result) = future.poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("a table never makes anyone wait");
    };
    assert_eq!(result.unwrap().schema.objects.len(), 3);
}

#[test]
fn an_item_that_moves_to_the_next_page_ends_nothing() {
    struct Growing(Table);
    impl Connect for Growing {
        async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Vec<u8>, PullError> {
            let earlier = |offset: usize| offset.saturating_sub(1).to_string();
            let moved: Vec<_> = query
                .iter()
                .map(|(key, value)| match *key {
                    "offset" => (*key, earlier(value.parse().unwrap())),
                    _ => (*key, (*value).to_owned()),
                })
                .collect();
            let query: Vec<_> = moved.iter().map(|(key, value)| (*key, &**value)).collect();
            self.0.get(path, &query).await
        }
    }
    let mut org = web();
    let others = (0..150).map(|n| stream(&format!("other_{n}"), "Other"));
    let wanted = std::mem::take(streams_of(&mut org));
    streams_of(&mut org).extend(others.chain(wanted));
    let growing = Growing(org);
    let future = pin!(pull_from(&growing, Some("Web")));
    let Poll::Ready(result) = future.poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("a table never makes anyone wait");
    };
    assert!(!result.unwrap().schema.objects[1].roles.is_empty());
}

#[test]
fn a_list_without_an_end_is_refused() {
    struct Endless(Cell<usize>);
    impl Connect for Endless {
        async fn get(&self, _: &str, _: &[(&str, &str)]) -> Result<Vec<u8>, PullError> {
            let number = self.0.replace(self.0.get() + 1);
            let page = json!({"connections": [{"id": number.to_string()}], "nextPageUrl": "/"});
            Ok(page.to_string().into_bytes())
        }
    }
    let endless = Endless(Cell::new(0));
    let future = pin!(pull_from(&endless, None));
    let Poll::Ready(result) = future.poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("an answer is always there");
    };
    let error = result.unwrap_err().to_string();
    assert!(error.ends_with("more than 100 pages"), "{error}");
}

#[test]
fn without_a_name_there_must_be_one_connector() {
    let mut org = web();
    let error = pulled(&org, None).unwrap_err();
    assert!(error.to_string().contains("`Till`, `Web`"), "{error}");
    org.lists.get_mut("ssot/connections").unwrap().1.pop();
    assert_eq!(pulled(&org, None).unwrap().schema.objects.len(), 3);
}

#[test]
fn details_are_asked_for_where_the_list_leaves_them_out() {
    let mut org = web();
    let whole = streams_of(&mut org)[0].clone();
    streams_of(&mut org)[0] = json!({"name": "Web_page_view", "label": null, "events": 3});
    let path = "ssot/data-streams/Web_page_view";
    org.answers.insert(path.into(), whole.to_string());
    let schema = pulled(&org, Some("Web")).unwrap().schema;
    assert_eq!(schema.objects[1].roles.primary_key.as_deref(), Some("id"));
}

#[test]
fn a_stream_without_events_is_known_by_its_names() {
    for (key, value) in [
        ("name", json!("Web_page_view")),
        ("label", json!("Page View")),
        (
            "dataLakeObjectInfo",
            stream("page_view", "Engagement")["dataLakeObjectInfo"].clone(),
        ),
    ] {
        let mut org = web();
        let mut bare = json!({"name": "x1", "dataLakeObjectInfo": stream("x2", "Engagement")["dataLakeObjectInfo"]});
        bare[key] = value;
        streams_of(&mut org)[0] = bare;
        let schema = pulled(&org, Some("Web")).unwrap().schema;
        assert_eq!(
            schema.objects[1].roles.primary_key.as_deref(),
            Some("id"),
            "{key}"
        );
    }
}

#[test]
fn another_connector_s_stream_gives_no_roles() {
    let mut org = web();
    streams_of(&mut org)[0]["connectorInfo"]["connectorDetails"]["name"] = "Till".into();
    let Pulled { schema, notes } = pulled(&org, Some("Web")).unwrap();
    assert!(schema.objects[1].roles.is_empty());
    assert!(
        notes
            .iter()
            .any(|note| note.starts_with("object `page_view` has no data stream"))
    );
}

#[test]
fn what_a_stream_says_oddly_becomes_a_note() {
    let mut org = web();
    let stream = &mut streams_of(&mut org)[0];
    stream["refreshConfig"]["refreshMode"] = "FULL_REFRESH".into();
    let lake = &mut stream["dataLakeObjectInfo"];
    lake["recordModifiedFieldName"] = "at__c".into();
    lake["eventDateTimeFieldName"] = "gone__c".into();
    lake["dataLakeFieldInfoRepresentation"][2]["isPrimaryKey"] = true.into();
    let twin = self::stream("page_view", "Other");
    streams_of(&mut org).push(twin);
    let Pulled { schema, notes } = pulled(&org, Some("Web")).unwrap();
    let roles = &schema.objects[1].roles;
    assert_eq!(roles.category, Some(Category::Engagement));
    assert_eq!((&roles.primary_key, &roles.record_modified), (&None, &None));
    let all = notes.join("\n");
    for part in [
        "refresh mode `FULL_REFRESH`",
        "record modified field `at`",
        "the event time `gone__c`",
        "several primary keys, `id__c`, `Internal__c`",
        "several data streams, `Web_page_view`, `Web_page_view`",
        "warning[DC106]",
    ] {
        assert!(all.contains(part), "{part} is not in\n{all}");
    }
}

#[test]
fn an_unknown_type_names_object_and_field() {
    let mut org = web();
    let path = "ssot/connections/1WM1/schema";
    let schema = org.answers[path].replace("\"Url\"", "\"Blob\"");
    org.answers.insert(path.into(), schema);
    let error = pulled(&org, Some("Web")).unwrap_err().to_string();
    assert!(
        error.starts_with("object `page_view`, field `url`: `Blob` is no type"),
        "{error}"
    );
}

#[test]
fn a_schema_that_breaks_the_rules_is_refused_with_all_of_them() {
    let mut org = web();
    let path = "ssot/connections/1WM1/schema";
    let schema = org.answers[path]
        .replace("\"url\"", "\"u__l\"")
        .replace("born", "row_count");
    org.answers.insert(path.into(), schema);
    let PullError::Invalid(problems) = pulled(&org, Some("Web")).unwrap_err() else {
        panic!("another error");
    };
    assert_eq!(problems.errors().count(), 2, "{problems}");
    assert!(
        problems.to_string().starts_with("connector `Web`: error["),
        "{problems}"
    );

    org.answers.insert(path.into(), "{\"schemas\":null}".into());
    assert!(matches!(
        pulled(&org, Some("Web")),
        Err(PullError::Invalid(_))
    ));
}

#[test]
fn answers_that_cannot_be_read_are_not_repeated() {
    let mut org = web();
    let path = "ssot/connections/1WM1/schema";
    for (body, part) in [
        ("<html>secret</html>", "it is not JSON, line 1"),
        (
            "{\"schemas\": \"secret\"}",
            "a value has an unexpected type, line 1",
        ),
    ] {
        org.answers.insert(path.into(), body.into());
        let error = pulled(&org, Some("Web")).unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(text.contains(part) && !text.contains("secret"), "{text}");
    }
    org.lists.remove("ssot/connections");
    org.answers.insert("ssot/connections".into(), "{}".into());
    let error = pulled(&org, None).unwrap_err().to_string();
    assert!(error.ends_with("its list is missing"), "{error}");
}

#[test]
fn roles_and_descriptions_of_the_file_are_kept() {
    let mut pulled = pulled(&web(), Some("Web")).unwrap();
    let mut old = pulled.schema.clone();
    old.title = Some("The shop".into());
    let basket = &mut old.objects[0];
    basket.roles.category = Some(Category::Other);
    basket.roles.primary_key = Some("id".into());
    basket.roles.event_time = Some("gone".into());
    basket.description = Some("What they put in.".into());
    old.objects[1].roles.category = Some(Category::Profile);
    // The org says that there is none.
    pulled.schema.objects[2].roles.record_modified = None;
    old.objects[1].fields[0].description = Some("A UUID.".into());
    pulled.notes.clear();
    pulled.keep(&old);
    let [basket, view, visitor] = pulled.schema.objects.as_slice() else {
        panic!("three objects");
    };
    assert_eq!(visitor.roles.record_modified, None);
    assert_eq!(pulled.schema.title.as_deref(), Some("The shop"));
    assert_eq!(basket.roles.primary_key.as_deref(), Some("id"));
    assert_eq!(basket.roles.category, Some(Category::Other));
    assert_eq!(basket.roles.event_time, None);
    assert_eq!(basket.description.as_deref(), Some("What they put in."));
    assert_eq!(view.roles.category, Some(Category::Engagement));
    assert_eq!(view.fields[0].description.as_deref(), Some("A UUID."));
    assert_eq!(pulled.notes.len(), 1);
    assert_eq!(unknown_keys(&pulled.schema), None);
}
