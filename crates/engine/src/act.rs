//! Use cases: one file each. Begin, load and lock, decide, write, commit.
