//! When to send again: full jitter, the tenant's own wish as a floor, and a budget against storms.
//! Takes time and chance as arguments; waits for nothing.
