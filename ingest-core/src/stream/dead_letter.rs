//! Where records go that the tenant does not take: the sink, a file of JSON lines that rotates, and a
//! reader that replays it. Decides nothing about records; writes all it is given, or says why not.
