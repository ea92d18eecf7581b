//! Texts that mean something else than they seem to: scripts, versions, names, expressions.
