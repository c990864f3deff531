//! Bulk jobs as a client makes them, for the tests about them.

use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::client::{Answer, Client, call};

impl Client {
    pub(crate) fn jobs(&self, method: &str, path: &str, body: &str) -> Answer {
        let path = format!("/api/v1/ingest/jobs{path}");
        let call = call(&self.emulator, method, &path).bearer(&self.token);
        call.header("Content-Type", "application/json").send(body)
    }

    pub(crate) fn create(&self, object: &str, operation: &str) -> Answer {
        let job = json!({"object": object, "sourceName": "Web", "operation": operation});
        self.jobs("POST", "", &job.to_string())
    }

    /// The id of a job that was made.
    pub(crate) fn created(&self, object: &str, operation: &str) -> String {
        let answer = self.create(object, operation);
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn upload(&self, id: &str, csv: impl AsRef<[u8]>) -> Answer {
        let path = format!("/api/v1/ingest/jobs/{id}/batches");
        let call = call(&self.emulator, "PUT", &path).bearer(&self.token);
        call.header("Content-Type", "text/csv").send(csv)
    }

    pub(crate) fn patch(&self, id: &str, state: &str) -> Answer {
        self.jobs(
            "PATCH",
            &format!("/{id}"),
            &json!({ "state": state }).to_string(),
        )
    }

    pub(crate) fn job(&self, id: &str) -> Value {
        let answer = self.jobs("GET", &format!("/{id}"), "");
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    pub(crate) fn state(&self, id: &str) -> String {
        self.job(id)["state"].as_str().unwrap().to_owned()
    }

    /// Closes the job and asks until it is over.
    pub(crate) fn finish(&self, id: &str) -> String {
        let answer = self.patch(id, "UploadComplete");
        assert_eq!(answer.status, 200, "{}", answer.text);
        self.until(id, |state| {
            !matches!(state, "UploadComplete" | "InProgress")
        })
    }

    /// Asks until the job is in such a state.
    pub(crate) fn until(&self, id: &str, is_it: impl Fn(&str) -> bool) -> String {
        loop {
            let state = self.state(id);
            if is_it(&state) {
                return state;
            }
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// A whole job of these files.
    pub(crate) fn run(&self, object: &str, operation: &str, files: &[&str]) -> String {
        let id = self.created(object, operation);
        for file in files {
            assert_eq!(self.upload(&id, file).status, 202);
        }
        self.finish(&id)
    }
}
