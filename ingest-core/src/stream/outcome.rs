//! What an answer means for the body that was sent: one table, one row for each case. Decides nothing
//! that needs more than the answer.
