//! Which records of a refused body are guilty: by the tenant's report where it names them, else by
//! halves. Decides what to send next; sends nothing.
