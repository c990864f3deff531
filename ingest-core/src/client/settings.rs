//! What the user says: the `INGEST_*` variables, checked together before anything is sent.

use std::collections::HashMap;
use std::path::PathBuf;
use std::{env, fmt, fs};

use secrecy::SecretString;

use super::endpoint::Endpoint;
use crate::body::Shape;

/// Where to log in, as whom, and what to send to.
///
/// Read from the environment ([`from_env`](Self::from_env)) or from any other place that maps the
/// same names to values ([`from_vars`](Self::from_vars)):
///
/// | variable | meaning |
/// |---|---|
/// | `INGEST_LOGIN_URL` | org login or My Domain URL (`https`; plain `http` only on loopback) |
/// | `INGEST_CLIENT_ID`, `INGEST_CLIENT_SECRET` | client credentials |
/// | `INGEST_USERNAME`, `INGEST_PRIVATE_KEY_FILE` or `INGEST_PRIVATE_KEY` | with the client id: JWT bearer |
/// | `INGEST_TENANT_URL` | the tenant endpoint of the connector's page; must agree with the login's answer |
/// | `INGEST_SOURCE` | the connector's API name; if left out, the schema's |
/// | `INGEST_DATASPACE` | the data space |
/// | `INGEST_CA_FILE` | further root certificates (PEM), for proxies that break up TLS |
///
/// An empty variable counts as one that is not set. Secrets show neither in `Debug` nor in errors.
#[derive(Debug, Clone)]
pub struct Settings {
    pub(crate) login: Endpoint,
    pub(crate) credentials: Credentials,
    pub(crate) tenant: Option<Endpoint>,
    pub(crate) source: Option<String>,
    pub(crate) dataspace: Option<String>,
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) shape: Shape,
}

/// All variables that are read.
const VARIABLES: &[&str] = &[
    "INGEST_CA_FILE",
    "INGEST_CLIENT_ID",
    "INGEST_CLIENT_SECRET",
    "INGEST_DATASPACE",
    "INGEST_LOGIN_URL",
    "INGEST_PRIVATE_KEY",
    "INGEST_PRIVATE_KEY_FILE",
    "INGEST_SOURCE",
    "INGEST_TENANT_URL",
    "INGEST_USERNAME",
];

/// How to prove who we are.
#[derive(Debug, Clone)]
pub(crate) enum Credentials {
    /// OAuth 2.0 client credentials.
    ClientCredentials {
        client_id: String,
        client_secret: SecretString,
    },
    /// A JWT signed with the private key (PEM) of the app's certificate.
    JwtBearer {
        client_id: String,
        username: String,
        private_key: SecretString,
    },
}

/// Everything that is wrong with the settings, at once.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub struct SettingsError {
    /// What is wrong, by variable.
    pub problems: Vec<SettingProblem>,
}

/// One variable that is missing or cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SettingProblem {
    /// The variable's name.
    pub variable: &'static str,
    /// What is wrong and what to do; never the value of a secret.
    pub problem: String,
}

impl fmt::Debug for SettingsError {
    /// As people read it, because `main` shows errors this way.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the settings cannot be used")?;
        for SettingProblem { variable, problem } in &self.problems {
            write!(f, "\n  {variable}: {problem}")?;
        }
        Ok(())
    }
}

impl Settings {
    /// Reads the `INGEST_*` variables of the environment.
    ///
    /// # Errors
    /// With every variable that is missing or cannot be used.
    pub fn from_env() -> Result<Self, SettingsError> {
        // Other variables may hold anything; these are text or cannot be used.
        let mut vars = HashMap::new();
        let mut problems = Vec::new();
        for (name, value) in env::vars_os() {
            let known = VARIABLES.iter().find(|known| name == ***known);
            match (known, value.into_string()) {
                (Some(variable), Ok(value)) => {
                    vars.insert((*variable).to_owned(), value);
                }
                (Some(variable), Err(_)) => problems.push(SettingProblem {
                    variable,
                    problem: "not UTF-8 text".into(),
                }),
                (None, _) => {}
            }
        }
        Self::read(vars, problems)
    }

    /// Reads the same variables from pairs of name and value; of a name that comes twice, the last
    /// counts, and names that are not known are passed over.
    ///
    /// ```
    /// use ingest_core::Settings;
    ///
    /// let error = Settings::from_vars([("INGEST_CLIENT_ID", "3MVG9")]).unwrap_err();
    /// assert_eq!(error.problems[0].variable, "INGEST_LOGIN_URL");
    /// ```
    ///
    /// # Errors
    /// As [`from_env`](Self::from_env).
    pub fn from_vars<N, V>(vars: impl IntoIterator<Item = (N, V)>) -> Result<Self, SettingsError>
    where
        N: Into<String>,
        V: Into<String>,
    {
        let pairs = vars
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()));
        Self::read(pairs.collect(), Vec::new())
    }

    /// Reads the variables, beside what is known already to be wrong with some of them.
    fn read(
        vars: HashMap<String, String>,
        problems: Vec<SettingProblem>,
    ) -> Result<Self, SettingsError> {
        let mut reader = Reader { vars, problems };
        let login = reader.required(
            "INGEST_LOGIN_URL",
            "the org's login URL, such as `https://example.my.salesforce.com`",
        );
        let login =
            login.and_then(|text| reader.endpoint("INGEST_LOGIN_URL", Endpoint::login(&text)));
        let credentials = reader.credentials(login.as_ref());
        let tenant = reader.optional("INGEST_TENANT_URL");
        let tenant =
            tenant.and_then(|text| reader.endpoint("INGEST_TENANT_URL", Endpoint::tenant(&text)));
        match (login, credentials) {
            (Some(login), Some(credentials)) if reader.problems.is_empty() => Ok(Self {
                login,
                credentials,
                tenant,
                source: reader.optional("INGEST_SOURCE"),
                dataspace: reader.optional("INGEST_DATASPACE"),
                ca_file: reader.optional("INGEST_CA_FILE").map(PathBuf::from),
                shape: Shape::default(),
            }),
            _ => Err(SettingsError {
                problems: reader.problems,
            }),
        }
    }

    /// Wraps records in another way than `{"data":[…]}`.
    #[must_use]
    pub fn with_shape(mut self, shape: Shape) -> Self {
        self.shape = shape;
        self
    }

    /// Sends to this connector, whatever `INGEST_SOURCE` says.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<String>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The connector's API name, if one was given.
    pub fn source(&self) -> Option<&str> {
        self.source.as_deref()
    }
}

const MY_DOMAIN_ONLY: &str = "client credentials work on the org's My Domain host only, `https://<My Domain>.my.salesforce.com`";
const KEY_MISSING: &str =
    "not set; with INGEST_USERNAME it is the private key (PEM) of the app's certificate";
const USER_MISSING: &str = "not set; with a private key it is the user that the app acts for";
const SECRET_MISSING: &str = "not set; set it, or INGEST_USERNAME and INGEST_PRIVATE_KEY_FILE";
const BOTH_WAYS: &str =
    "set beside INGEST_USERNAME or a private key; keep one of the two ways to log in";

struct Reader {
    vars: HashMap<String, String>,
    problems: Vec<SettingProblem>,
}

impl Reader {
    fn optional(&self, variable: &'static str) -> Option<String> {
        let value = self.vars.get(variable)?.trim();
        (!value.is_empty()).then(|| value.to_owned())
    }

    fn required(&mut self, variable: &'static str, what: &str) -> Option<String> {
        let value = self.optional(variable);
        if value.is_none() {
            self.report(variable, format!("not set; it is {what}"));
        }
        value
    }

    /// The first problem of a variable; what follows from it is none of its own.
    fn report(&mut self, variable: &'static str, problem: impl Into<String>) {
        if self.problems.iter().any(|known| known.variable == variable) {
            return;
        }
        self.problems.push(SettingProblem {
            variable,
            problem: problem.into(),
        });
    }

    fn endpoint(
        &mut self,
        variable: &'static str,
        parsed: Result<Endpoint, super::EndpointError>,
    ) -> Option<Endpoint> {
        parsed
            .map_err(|error| self.report(variable, error.to_string()))
            .ok()
    }

    fn credentials(&mut self, login: Option<&Endpoint>) -> Option<Credentials> {
        let client_id = self.required(
            "INGEST_CLIENT_ID",
            "the consumer key of the External Client App or connected app",
        );
        let secret = self.optional("INGEST_CLIENT_SECRET");
        let username = self.optional("INGEST_USERNAME");
        let key = self.private_key();
        let (variable, problem) = match (secret, username, key) {
            (Some(secret), None, Key::None) => {
                if login.is_some_and(Endpoint::is_shared_login) {
                    self.report("INGEST_LOGIN_URL", MY_DOMAIN_ONLY);
                }
                return Some(Credentials::ClientCredentials {
                    client_id: client_id?,
                    client_secret: secret.into(),
                });
            }
            (None, Some(username), Key::Read(private_key)) => {
                return Some(Credentials::JwtBearer {
                    client_id: client_id?,
                    username,
                    private_key,
                });
            }
            (_, _, Key::Unreadable) => return None,
            (None, Some(_), Key::None) => ("INGEST_PRIVATE_KEY_FILE", KEY_MISSING),
            (None, None, Key::Read(_)) => ("INGEST_USERNAME", USER_MISSING),
            (None, None, Key::None) => ("INGEST_CLIENT_SECRET", SECRET_MISSING),
            (Some(_), _, _) => ("INGEST_CLIENT_SECRET", BOTH_WAYS),
        };
        self.report(variable, problem);
        None
    }

    fn private_key(&mut self) -> Key {
        let file = self.optional("INGEST_PRIVATE_KEY_FILE");
        let text = self.optional("INGEST_PRIVATE_KEY");
        match (file, text) {
            (None, None) => Key::None,
            (None, Some(text)) => Key::Read(text.into()),
            (Some(file), None) => match fs::read_to_string(&file) {
                Ok(text) => Key::Read(text.into()),
                // The value is not shown: it may be a key that was put into the wrong variable.
                Err(_) if file.contains("-----BEGIN") => {
                    let problem = "it holds a key and not a path; use INGEST_PRIVATE_KEY";
                    self.report("INGEST_PRIVATE_KEY_FILE", problem);
                    Key::Unreadable
                }
                Err(error) => {
                    let problem = format!("the file that it names cannot be read: {error}");
                    self.report("INGEST_PRIVATE_KEY_FILE", problem);
                    Key::Unreadable
                }
            },
            (Some(_), Some(_)) => {
                self.report(
                    "INGEST_PRIVATE_KEY",
                    "set beside INGEST_PRIVATE_KEY_FILE; keep one of the two",
                );
                Key::Unreadable
            }
        }
    }
}

enum Key {
    None,
    Read(SecretString),
    /// There is one, but it cannot be used; reported.
    Unreadable,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(vars: &[(&str, &str)]) -> Result<Settings, Vec<&'static str>> {
        Settings::from_vars(vars.iter().copied()).map_err(|error| {
            error
                .problems
                .iter()
                .map(|problem| problem.variable)
                .collect()
        })
    }

    const LOGIN: (&str, &str) = ("INGEST_LOGIN_URL", "https://x.my.salesforce.com");
    const ID: (&str, &str) = ("INGEST_CLIENT_ID", "3MVG9");
    const SECRET: (&str, &str) = ("INGEST_CLIENT_SECRET", "hush");
    const USER: (&str, &str) = ("INGEST_USERNAME", "ada@example.com");
    const KEY: (&str, &str) = ("INGEST_PRIVATE_KEY", "-----BEGIN PRIVATE KEY-----");

    #[test]
    fn both_ways_to_log_in_are_read() {
        let settings = read(&[LOGIN, ID, SECRET, ("INGEST_SOURCE", " Web ")]).unwrap();
        assert!(matches!(
            settings.credentials,
            Credentials::ClientCredentials { .. }
        ));
        assert_eq!(settings.source(), Some("Web"));
        let settings = read(&[LOGIN, ID, USER, KEY]).unwrap();
        assert!(matches!(
            settings.credentials,
            Credentials::JwtBearer { .. }
        ));
    }

    #[test]
    fn everything_that_is_missing_is_named_at_once() {
        assert_eq!(
            read(&[
                ("INGEST_CLIENT_SECRET", " "),
                ("INGEST_TENANT_URL", "https://x.my.salesforce.com")
            ])
            .unwrap_err(),
            [
                "INGEST_LOGIN_URL",
                "INGEST_CLIENT_ID",
                "INGEST_CLIENT_SECRET",
                "INGEST_TENANT_URL"
            ]
        );
        assert_eq!(
            read(&[LOGIN, ID, USER]).unwrap_err(),
            ["INGEST_PRIVATE_KEY_FILE"]
        );
        assert_eq!(read(&[LOGIN, ID, KEY]).unwrap_err(), ["INGEST_USERNAME"]);
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        assert_eq!(
            read(&[LOGIN, ID, SECRET, USER]).unwrap_err(),
            ["INGEST_CLIENT_SECRET"]
        );
        assert_eq!(
            read(&[LOGIN, ID, SECRET, KEY]).unwrap_err(),
            ["INGEST_CLIENT_SECRET"]
        );
        let file = ("INGEST_PRIVATE_KEY_FILE", "no/such/file.pem");
        assert_eq!(
            read(&[LOGIN, ID, USER, file]).unwrap_err(),
            ["INGEST_PRIVATE_KEY_FILE"]
        );
        assert_eq!(
            read(&[LOGIN, ID, USER, file, KEY]).unwrap_err(),
            ["INGEST_PRIVATE_KEY"]
        );
        let shared = ("INGEST_LOGIN_URL", "https://login.salesforce.com");
        assert_eq!(
            read(&[shared, ID, SECRET]).unwrap_err(),
            ["INGEST_LOGIN_URL"]
        );
        assert!(read(&[shared, ID, USER, KEY]).is_ok());
    }

    #[test]
    fn a_secret_in_the_wrong_variable_does_not_show() {
        let key = "-----BEGIN PRIVATE KEY-----\nhush";
        for vars in [
            [LOGIN, ID, USER, ("INGEST_PRIVATE_KEY_FILE", key)],
            [LOGIN, ID, USER, ("INGEST_PRIVATE_KEY_FILE", "hush")],
            [("INGEST_LOGIN_URL", "hush"), ID, USER, KEY],
            [("INGEST_LOGIN_URL", "http://hush/"), ID, USER, KEY],
        ] {
            let error = Settings::from_vars(vars).unwrap_err();
            let shown = error.to_string();
            assert!(
                !shown.replace("http host `hush`", "").contains("hush"),
                "{shown}"
            );
        }
    }

    #[test]
    fn secrets_do_not_show() {
        let shown = format!("{:?}", read(&[LOGIN, ID, SECRET]).unwrap());
        assert!(!shown.contains("hush"), "{shown}");
        let shown = format!("{:?}", read(&[LOGIN, ID, USER, KEY]).unwrap());
        assert!(!shown.contains("BEGIN"), "{shown}");
    }
}
