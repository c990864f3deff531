//! Which part of the tenant a request is for, told from its method and path alone.
//!
//! It is told before the request is routed, so that what cannot be routed has a part too.

use axum::http::Method;

use crate::fault::{Calls, Fault};

/// What rules may ask of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Target<'a> {
    pub(crate) part: Part,
    /// The object in the path of a streaming call, whether or not the schema has it.
    pub(crate) object: Option<&'a str>,
    is_upsert: bool,
    /// Whether the body is the file of a bulk job, which may be long.
    pub(crate) is_upload: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Login,
    Exchange,
    Ingest,
    Connect,
    Other,
}

impl<'a> Target<'a> {
    pub(crate) fn of(method: &Method, path: &'a str) -> Self {
        let part = match path {
            "/services/oauth2/token" => Part::Login,
            "/services/a360/token" => Part::Exchange,
            _ if path.starts_with("/api/v1/ingest/") => Part::Ingest,
            _ if path.starts_with("/services/data/") => Part::Connect,
            _ => Part::Other,
        };
        let job = path.strip_prefix("/api/v1/ingest/jobs/");
        let is_batch = job.is_some_and(|job| job.ends_with("/batches"));
        let names = path.strip_prefix("/api/v1/ingest/sources/");
        let mut names = names.unwrap_or_default().split('/').skip(1);
        let object = names.next().filter(|name| !name.is_empty());
        Self {
            part,
            object,
            is_upsert: object.is_some() && names.next().is_none() && *method == Method::POST,
            is_upload: is_batch && *method == Method::PUT,
        }
    }

    pub(crate) fn is_among(self, calls: Calls) -> bool {
        match calls {
            Calls::Any => true,
            Calls::Login => self.part == Part::Login,
            Calls::Exchange => self.part == Part::Exchange,
            Calls::Auth => matches!(self.part, Part::Login | Part::Exchange),
            Calls::Ingest => self.part == Part::Ingest,
            Calls::Connect => self.part == Part::Connect,
        }
    }

    /// Whether the fault means anything for this request.
    pub(crate) fn can_have(self, fault: &Fault) -> bool {
        match fault {
            Fault::ExpireTokens | Fault::NotDeployed => self.part == Part::Ingest,
            Fault::Blank | Fault::RejectLate => self.is_upsert,
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_tells_the_part_and_the_object() {
        let of = |path| Target::of(&Method::POST, path);
        let visit = of("/api/v1/ingest/sources/Web/visit");
        assert_eq!((visit.part, visit.object), (Part::Ingest, Some("visit")));
        let test = of("/api/v1/ingest/sources/Web/visit/actions/test");
        assert_eq!(test.object, Some("visit"));
        let delete = Target::of(&Method::DELETE, "/api/v1/ingest/sources/Web/visit");
        assert!(visit.can_have(&Fault::Blank) && visit.can_have(&Fault::NotDeployed));
        assert!(!test.can_have(&Fault::Blank) && !delete.can_have(&Fault::RejectLate));
        assert_eq!(of("/api/v1/ingest/sources").object, None);
        assert_eq!(of("/api/v1/ingest/sources/Web/").object, None);
        assert_eq!(of("/nowhere").part, Part::Other);
        assert!(!of("/nowhere").can_have(&Fault::ExpireTokens));
    }

    #[test]
    fn every_part_is_among_its_own_calls_and_any() {
        let of = |path| Target::of(&Method::GET, path);
        let auth = [
            of("/services/oauth2/token"),
            of("/services/a360/token"),
            of("/services/data/v62.0/ssot/connections"),
            of("/api/v1/ingest/sources"),
        ];
        let among = |calls| auth.map(|target| target.is_among(calls));
        assert_eq!(among(Calls::Any), [true; 4]);
        assert_eq!(among(Calls::Login), [true, false, false, false]);
        assert_eq!(among(Calls::Exchange), [false, true, false, false]);
        assert_eq!(among(Calls::Auth), [true, true, false, false]);
        assert_eq!(among(Calls::Connect), [false, false, true, false]);
        assert_eq!(among(Calls::Ingest), [false, false, false, true]);
    }
}
