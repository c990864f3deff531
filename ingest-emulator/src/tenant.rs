//! One tenant: what it is called, how it behaves, what it knows and what it keeps.
//!
//! Handlers share it. Every lock is held for a short piece of plain code, never across an await.

use std::net::SocketAddr;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::Notify;

use crate::arrival::Arrivals;
use crate::fault::{Rule, RuleError};
use crate::jwt::SigningKey;
use crate::log::{Log, Time};
use crate::object::Object;
use crate::options::Options;
use crate::store::Store;
use crate::tokens::{Tokens, random_hex, random_text, random_uuid};

/// All objects, in an order that never changes.
pub(crate) type Objects = Arc<Vec<Arc<Object>>>;

pub(crate) struct Tenant {
    pub(crate) connector: String,
    pub(crate) options: Options,
    pub(crate) address: SocketAddr,
    pub(crate) names: Names,
    pub(crate) started: Instant,
    signing_key: OnceLock<SigningKey>,
    given_to_orgs: Mutex<Tokens>,
    given_to_tenants: Mutex<Tokens>,
    given_to_users: Mutex<Tokens>,
    arrivals: Mutex<Arrivals>,
    /// Objects are only ever added, so that a position stays good.
    objects: Mutex<Objects>,
    store: Mutex<Store>,
    /// Told whenever a bulk job changed.
    pub(crate) bulk_news: Notify,
    /// Bytes of bodies that are being read or handled.
    pub(crate) held: Arc<AtomicUsize>,
    /// Told whenever records were accepted.
    landed: Condvar,
    log: Mutex<Log>,
}

/// Names and secrets of the org, drawn anew for every emulator.
pub(crate) struct Names {
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) username: String,
    /// As the user has it from an earlier login in a browser.
    pub(crate) refresh_token: String,
    pub(crate) org: String,
    /// The `tenantId` of error bodies and the `audienceTenantId` of tokens.
    pub(crate) tenant: String,
    pub(crate) connection_id: String,
    /// The connector's name as Connect REST tells it, with a suffix.
    pub(crate) connection: String,
    /// Further connections, of which nothing but their names is known.
    pub(crate) idle: Vec<Idle>,
}

pub(crate) struct Idle {
    pub(crate) id: String,
    pub(crate) label: String,
    pub(crate) name: String,
}

impl Names {
    fn new(connector: &str, idle: &[String]) -> Self {
        let idle = idle.iter().map(|label| Idle {
            id: connection_id(),
            label: label.clone(),
            name: connection_name(label),
        });
        Self {
            client_id: format!("3MVG9{}", random_text::<60>()),
            client_secret: random_hex::<32>().to_uppercase(),
            username: "integration@emulator.example".to_owned(),
            refresh_token: format!("5Aep8{}", random_text::<60>()),
            org: format!("00D{}EAA", random_hex::<6>()),
            tenant: format!("a360/emulator/{}", random_hex::<16>()),
            connection_id: connection_id(),
            connection: connection_name(connector),
            idle: idle.collect(),
        }
    }
}

fn connection_id() -> String {
    format!("1WM{}AAA", random_hex::<6>())
}

fn connection_name(label: &str) -> String {
    format!("{label}_{}", random_uuid("_"))
}

impl Tenant {
    pub(crate) fn new(
        connector: String,
        objects: Vec<Object>,
        options: Options,
        address: SocketAddr,
    ) -> Self {
        let names = Names::new(&connector, &options.idle_connections);
        let mut refresh_tokens = Tokens::default();
        refresh_tokens.add(names.refresh_token.clone(), Duration::MAX);
        Self {
            names,
            given_to_users: Mutex::new(refresh_tokens),
            started: Instant::now(),
            log: Mutex::new(Log::new(options.keep_records)),
            arrivals: Mutex::new(Arrivals::new(options.requests_per_second)),
            store: Mutex::new(new_store(objects.len(), &options)),
            objects: Mutex::new(Arc::new(objects.into_iter().map(Arc::new).collect())),
            bulk_news: Notify::new(),
            held: Arc::default(),
            landed: Condvar::new(),
            connector,
            options,
            address,
            signing_key: OnceLock::new(),
            given_to_orgs: Mutex::default(),
            given_to_tenants: Mutex::default(),
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The objects as they are now.
    pub(crate) fn objects(&self) -> Objects {
        Arc::clone(&lock(&self.objects))
    }

    /// The environment of a client that logs in with client credentials.
    pub(crate) fn vars(&self) -> Vec<(&'static str, String)> {
        let mut vars = self.common_vars();
        vars.push(("INGEST_CLIENT_SECRET", self.names.client_secret.clone()));
        vars
    }

    /// The same of a client that logs in in any way.
    pub(crate) fn common_vars(&self) -> Vec<(&'static str, String)> {
        vec![
            ("INGEST_LOGIN_URL", self.url()),
            ("INGEST_TENANT_URL", self.url()),
            ("INGEST_SOURCE", self.connector.clone()),
            ("INGEST_CLIENT_ID", self.names.client_id.clone()),
        ]
    }

    pub(crate) fn position(&self, object: &str) -> Option<usize> {
        let objects = self.objects();
        objects.iter().position(|known| known.name() == object)
    }

    /// Puts other objects in the place of those that are there, if `change` finds any. The first
    /// ones must be the same as before, but for what they gained.
    pub(crate) fn change_objects<E>(
        &self,
        change: impl FnOnce(&[Arc<Object>]) -> Result<Vec<Arc<Object>>, E>,
    ) -> Result<(), E> {
        let mut objects = lock(&self.objects);
        let changed = change(&objects)?;
        lock(&self.store).grow(changed.len());
        *objects = Arc::new(changed);
        Ok(())
    }

    /// The key that assertions are signed with, made the first time somebody asks for it.
    pub(crate) fn signing_key(&self) -> &SigningKey {
        self.signing_key.get_or_init(SigningKey::generate)
    }

    /// The same, if it was ever asked for: without it nobody can have signed anything.
    pub(crate) fn known_signing_key(&self) -> Option<&SigningKey> {
        self.signing_key.get()
    }

    /// The same for objects and store together.
    pub(crate) fn change_all<E>(
        &self,
        change: impl FnOnce(&[Arc<Object>]) -> Result<(Vec<Arc<Object>>, Store), E>,
    ) -> Result<(), E> {
        let mut objects = lock(&self.objects);
        let (changed, store) = change(&objects)?;
        *lock(&self.store) = store;
        *objects = Arc::new(changed);
        Ok(())
    }

    pub(crate) fn org_tokens(&self) -> MutexGuard<'_, Tokens> {
        lock(&self.given_to_orgs)
    }

    pub(crate) fn tenant_tokens(&self) -> MutexGuard<'_, Tokens> {
        lock(&self.given_to_tenants)
    }

    pub(crate) fn refresh_tokens(&self) -> MutexGuard<'_, Tokens> {
        lock(&self.given_to_users)
    }

    /// The store, in which everything has landed whose time has come.
    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        let mut store = lock(&self.store);
        if store.is_settled() {
            return store;
        }
        drop(store);
        let objects = self.objects();
        store = lock(&self.store);
        store.settle(&objects, Instant::now());
        store
    }

    /// Tells everybody who waits that records were accepted.
    pub(crate) fn has_landed(&self) {
        self.landed.notify_all();
    }

    /// Waits until so many records of the object at this position were accepted; `false` if that
    /// took too long.
    pub(crate) fn wait_for(&self, at: usize, records: u64, timeout: Duration) -> bool {
        let lacks = |store: &mut Store| store.tables[at].accepted < records;
        let waited = self
            .landed
            .wait_timeout_while(self.store(), timeout, lacks)
            .unwrap_or_else(PoisonError::into_inner);
        !waited.1.timed_out()
    }

    pub(crate) fn arrivals(&self) -> MutexGuard<'_, Arrivals> {
        lock(&self.arrivals)
    }

    /// Puts a rule in force, if it can be.
    pub(crate) fn add_rule(&self, rule: Rule) -> Result<u64, RuleError> {
        rule.check()?;
        if let Some(object) = &rule.object
            && self.position(object).is_none()
        {
            let object = object.clone();
            return Err(RuleError::UnknownObject { object });
        }
        Ok(self.arrivals().rules.add(rule))
    }

    /// Forgets what happened. Tokens, settings and rules stay; the rules begin anew.
    pub(crate) fn reset(&self) {
        self.arrivals().reset();
        let objects = lock(&self.objects);
        *lock(&self.store) = new_store(objects.len(), &self.options);
        drop(objects);
        self.log().clear();
    }

    /// What the clocks say.
    pub(crate) fn time(&self) -> Time {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        Time {
            at_ms: milliseconds(since.unwrap_or_default()),
            second: self.started.elapsed().as_secs(),
        }
    }

    pub(crate) fn log(&self) -> MutexGuard<'_, Log> {
        lock(&self.log)
    }
}

pub(crate) fn new_store(objects: usize, options: &Options) -> Store {
    Store::new(objects, options.landing_delay, options.keep_history)
}

/// In whole milliseconds.
pub(crate) fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// A panic of one handler must not hide from the test what landed before it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
