//! How many requests a second: a quota that no second passes, lowered while the tenant asks for less.
//! The decisions take time as an argument; the limiter that waits for them stands beside them.
