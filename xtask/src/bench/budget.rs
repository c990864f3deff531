//! Figures that must not be missed, and how they are told.

use anyhow::{Result, ensure};

/// One figure, measured, with the bar it must not exceed.
pub(crate) struct Budget {
    /// What is held against the bar.
    pub(crate) name: String,
    /// What was measured, in the unit that the name says.
    pub(crate) measured: f64,
    /// The most it may be.
    pub(crate) bar: f64,
    /// The most that we hope for; not reaching it is no failure.
    pub(crate) stretch: Option<f64>,
}

impl Budget {
    fn holds(&self) -> bool {
        self.measured <= self.bar
    }

    fn line(&self) -> String {
        let verdict = if self.holds() { "holds" } else { "MISSED" };
        let stretch = match self.stretch {
            Some(stretch) if self.measured <= stretch => format!(", stretch {stretch:.2} reached"),
            Some(stretch) => format!(", stretch {stretch:.2} not reached"),
            None => String::new(),
        };
        let Self {
            name,
            measured,
            bar,
            ..
        } = self;
        format!("{verdict:<7} {name}: {measured:.2} of at most {bar:.2}{stretch}")
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
