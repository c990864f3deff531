//! The handle that changes a tenant's faults while it runs.
//!
//! What a rule is, is said in `fault`; when it fires, in `rules`.

use std::fmt;

use crate::fault::{Rule, RuleError};
use crate::rules::ActiveRule;
use crate::tenant::Tenant;

/// The rules by which a tenant misbehaves; see [`Emulator::faults`](crate::Emulator::faults).
///
/// ```
/// use ingest_emulator::{Emulator, Rule};
/// use ingest_schema::{Field, Kind, Object, Schema};
///
/// let visit = Object::new("visit", vec![Field::new("id", Kind::Text)]);
/// let emulator = Emulator::start(Schema::new(None, vec![visit]))?;
/// let busy = emulator.faults().add(Rule::status(503).object("visit").count(2))?;
/// // … a client sends, and tries again twice …
/// assert_eq!(emulator.faults().fired(busy), 0);
/// assert!(emulator.faults().remove(busy));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Faults<'e> {
    tenant: &'e Tenant,
}

impl<'e> Faults<'e> {
    pub(crate) const fn of(tenant: &'e Tenant) -> Self {
        Self { tenant }
    }

    /// Puts a rule in force from the next request on, behind those that are there, and gives its
    /// number.
    ///
    /// # Errors
    /// [`RuleError`] if the rule cannot be; nothing is added then.
    pub fn add(&self, rule: Rule) -> Result<u64, RuleError> {
        self.tenant.add_rule(rule)
    }

    /// Takes a rule away; `false` if there is none of this number.
    pub fn remove(&self, id: u64) -> bool {
        self.tenant.arrivals().rules.remove(id)
    }

    /// Takes every rule away.
    pub fn clear(&self) {
        self.tenant.arrivals().rules.clear();
    }

    /// Every rule in force, in order, with how often it happened.
    pub fn active(&self) -> Vec<ActiveRule> {
        self.tenant.arrivals().rules.active()
    }

    /// How often this rule happened since the start or the last reset; 0 if it is gone.
    pub fn fired(&self, id: u64) -> u64 {
        let active = self.active();
        let rule = active.iter().find(|rule| rule.id == id);
        rule.map_or(0, |rule| rule.fired)
    }
}

impl fmt::Debug for Faults<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.active()).finish()
    }
}
