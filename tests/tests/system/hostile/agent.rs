//! Scripts and packages that turn on the computer whose agent runs them.
