//! What an answer means for the body that was sent: one table, one row for each case. Decides nothing
//! that needs more than the answer.
//!
//! | what came | what is done |
//! |---|---|
//! | 2xx | accepted, whatever the body says |
//! | 2xx or 400 with an HTML page | something between us and the tenant answered: again |
//! | 400 | the guilty records are isolated |
//! | 401 | a new token, and again at no cost; refused with the new one too: halt |
//! | 403, 3xx, other 4xx | halt: no body would pass, and the records are not to blame |
//! | 404 | again while the stream is young (a new data stream takes 30 s), then halt |
//! | 408, 425, 5xx | again |
//! | 409 | again: something else is going on at the tenant, and it passes |
//! | 413 | split, and again |
//! | 429, 503 | again, and all lanes pause; 429 lowers the rate too |
//! | no connection (refused, DNS, TLS) | again; nothing was sent |
//! | reset, cut answer, time-out | again; the body may have been processed |
//! | no token, in passing | again |
//! | no token, for good | halt |

use crate::client::{Error, TransportError};

/// What came of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen {
    /// An answer with this status; as a page for people if so.
    Answer { status: u16, html: bool },
    /// No connection: nothing was sent.
    NoConnection,
    /// The request was sent, and no answer came.
    NoAnswer,
    /// There was no token to send it with.
    NoToken { passing: bool },
    /// It could not be sent as it is, and never will be.
    Impossible,
}

/// What it means for the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The tenant will look at every record.
    Accepted,
    /// The same body again, later.
    Again {
        /// Whether all lanes wait, or this body alone.
        pause: bool,
        /// Whether the tenant asks for fewer requests.
        throttle: bool,
        /// Whether the body may have been processed all the same.
        duplicate: bool,
    },
    /// The same body again, with another token.
    Renew,
    /// The same body again while the stream is young.
    NotYet,
    /// At least one record is guilty.
    Isolate,
    /// The body is too large as a whole.
    Split,
    /// Nothing would pass now; the records are kept.
    Halt,
}

const AGAIN: Verdict = Verdict::Again {
    pause: false,
    throttle: false,
    duplicate: false,
};

/// The table.
pub(crate) fn judge(seen: Seen) -> Verdict {
    match seen {
        Seen::Answer {
            status: 200..=299 | 400,
            html: true,
        }
        | Seen::NoConnection
        | Seen::NoToken { passing: true } => AGAIN,
        Seen::Answer { status, .. } => by_status(status),
        Seen::NoAnswer => Verdict::Again {
            pause: false,
            throttle: false,
            duplicate: true,
        },
        Seen::NoToken { passing: false } | Seen::Impossible => Verdict::Halt,
    }
}

fn by_status(status: u16) -> Verdict {
    match status {
        200..=299 => Verdict::Accepted,
        400 => Verdict::Isolate,
        401 => Verdict::Renew,
        404 => Verdict::NotYet,
        413 => Verdict::Split,
        429 | 503 => Verdict::Again {
            pause: true,
            throttle: status == 429,
            duplicate: false,
        },
        // A gateway that waited in vain does not know what became of the request.
        500 | 502 | 504 => Verdict::Again {
            pause: false,
            throttle: false,
            duplicate: true,
        },
        408 | 409 | 425 | 501 | 505..=599 => AGAIN,
        _ => Verdict::Halt,
    }
}

impl From<&Error> for Seen {
    /// What an attempt that brought no answer looks like.
    fn from(error: &Error) -> Self {
        match error {
            Error::Transport {
                step: crate::client::Step::Ingest,
                source,
                ..
            } => match source {
                TransportError::Unsendable(_) => Self::Impossible,
                TransportError::Connect(_) => Self::NoConnection,
                _ => Self::NoAnswer,
            },
            Error::NoSource | Error::Name(_) => Self::Impossible,
            _ => Self::NoToken {
                passing: error.is_passing(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: u16) -> Verdict {
        judge(Seen::Answer {
            status,
            html: false,
        })
    }

    fn page(status: u16) -> Verdict {
        judge(Seen::Answer { status, html: true })
    }

    const PAUSE: Verdict = Verdict::Again {
        pause: true,
        throttle: false,
        duplicate: false,
    };
    const UNKNOWN: Verdict = Verdict::Again {
        pause: false,
        throttle: false,
        duplicate: true,
    };

    #[test]
    fn every_2xx_is_acceptance() {
        for status in 200..300 {
            assert_eq!(of(status), Verdict::Accepted, "{status}");
        }
    }

    #[test]
    fn a_page_is_no_acceptance_and_blames_no_record() {
        for status in [200, 202, 204, 400] {
            assert_eq!(page(status), AGAIN, "{status}");
        }
        assert_eq!(page(403), Verdict::Halt);
        assert_eq!(page(503), PAUSE);
    }

    #[test]
    fn a_400_isolates_and_a_413_splits() {
        assert_eq!(of(400), Verdict::Isolate);
        assert_eq!(of(413), Verdict::Split);
    }

    #[test]
    fn a_401_asks_for_a_token_and_a_404_for_patience() {
        assert_eq!(of(401), Verdict::Renew);
        assert_eq!(of(404), Verdict::NotYet);
    }

    #[test]
    fn what_no_record_is_to_blame_for_halts() {
        let halting = (300..400).chain([402, 403, 405, 406, 410, 411, 412, 414, 415, 422, 451]);
        for status in halting {
            assert_eq!(of(status), Verdict::Halt, "{status}");
        }
    }

    #[test]
    fn what_passes_is_sent_again() {
        for status in [408, 409, 425, 501, 505, 507, 599] {
            assert_eq!(of(status), AGAIN, "{status}");
        }
        for status in [500, 502, 504] {
            assert_eq!(of(status), UNKNOWN, "{status}");
        }
    }

    #[test]
    fn a_429_and_a_503_pause_all_lanes_and_a_429_lowers_the_rate() {
        assert_eq!(of(503), PAUSE);
        assert_eq!(
            of(429),
            Verdict::Again {
                pause: true,
                throttle: true,
                duplicate: false
            }
        );
    }

    #[test]
    fn without_a_connection_nothing_was_sent_and_without_an_answer_who_knows() {
        assert_eq!(judge(Seen::NoConnection), AGAIN);
        assert_eq!(judge(Seen::NoAnswer), UNKNOWN);
    }

    #[test]
    fn a_login_that_fails_in_passing_is_tried_again_and_another_halts() {
        assert_eq!(judge(Seen::NoToken { passing: true }), AGAIN);
        assert_eq!(judge(Seen::NoToken { passing: false }), Verdict::Halt);
        assert_eq!(judge(Seen::Impossible), Verdict::Halt);
    }

    #[test]
    fn no_status_at_all_is_unknown_to_the_table() {
        for status in 0..=999 {
            let verdict = of(status);
            let again = matches!(verdict, Verdict::Again { .. });
            assert_eq!(
                again,
                matches!(status, 408 | 409 | 425 | 429 | 500..=599),
                "{status}"
            );
        }
    }
}
