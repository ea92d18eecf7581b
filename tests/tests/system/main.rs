//! Whole-system tests: the real server, real agents, public protocols only.

mod access;
mod bad_input;
mod bulk;
mod clients;
mod console_door;
mod crash;
mod day;
mod debian;
mod doors;
mod hostile;
mod judges;
mod lists;
mod moving;
mod official_client;
mod ordering;
mod outage;
mod positions;
mod possible;
mod ready_made;
mod resolution;
mod revisions;
mod script_output;
mod servers;
mod skip;
mod store;
mod story;
