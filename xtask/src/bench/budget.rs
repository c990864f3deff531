//! Figures that must not be missed, and how they are told.

use anyhow::{Result, ensure};

/// Which side of the bar is the good one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    AtMost,
    AtLeast,
}

impl Bound {
    fn allows(self, measured: f64, bar: f64) -> bool {
        match self {
            Self::AtMost => measured <= bar,
            Self::AtLeast => measured >= bar,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::AtMost => "at most",
            Self::AtLeast => "at least",
        }
    }
}

/// One figure, measured, with the bar that it is held against.
pub(crate) struct Budget {
    /// What is held against the bar.
    pub(crate) name: String,
    /// What was measured, in the unit that the name says.
    pub(crate) measured: f64,
    pub(crate) bound: Bound,
    /// What it must reach.
    pub(crate) bar: f64,
    /// What we hope for; not reaching it is no failure.
    pub(crate) stretch: Option<f64>,
}

impl Budget {
    fn holds(&self) -> bool {
        self.bound.allows(self.measured, self.bar)
    }

    fn line(&self) -> String {
        let verdict = if self.holds() { "holds" } else { "MISSED" };
        let stretch = match self.stretch {
            Some(stretch) if self.bound.allows(self.measured, stretch) => {
                format!(", stretch {stretch:.2} reached")
            }
            Some(stretch) => format!(", stretch {stretch:.2} not reached"),
            None => String::new(),
        };
        let Self {
            name,
            measured,
            bound,
            bar,
            ..
        } = self;
        let bound = bound.words();
        format!("{verdict:<7} {name}: {measured:.2} of {bound} {bar:.2}{stretch}")
    }
}

/// Prints every budget; fails if one is missed.
pub(crate) fn judge(budgets: &[Budget]) -> Result<()> {
    println!("\nBudgets");
    for budget in budgets {
        println!("{}", budget.line());
    }
    let missed = budgets.iter().filter(|budget| !budget.holds()).count();
    ensure!(missed == 0, "{missed} of {} budgets missed", budgets.len());
    Ok(())
}
