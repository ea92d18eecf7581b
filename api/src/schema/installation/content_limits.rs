//! What may be written to the server, as an editor has to know it before somebody writes.

use crate::schema::types::ByteCount;
use async_graphql::Object;
use upkeep_domain::kernel::limits::{
    CONFIRM_ABOVE, MAX_ACTIONS_PER_SESSION, MAX_ADDITIONS, MAX_APPROVALS,
    MAX_CONDITIONS_PER_PREREQUISITE, MAX_DEPLOYMENTS_PER_TENANT, MAX_ENROLMENT_LIFE,
    MAX_ENROLMENT_USES, MAX_EXIT_CODES, MAX_EXPRESSION_BYTES, MAX_EXPRESSION_DEPTH,
    MAX_EXPRESSION_PARTS, MAX_EXPRESSIONS_PER_TENANT, MAX_GROUP_DEPTH, MAX_GROUP_MEMBERS,
    MAX_MEMBERS_PER_CHANGE, MAX_NAME_CHARS, MAX_NOTES_CHARS, MAX_ORDERED_ITEMS, MAX_PACKAGE_BYTES,
    MAX_PREREQUISITE_DEPTH, MAX_PREREQUISITE_MESSAGE_CHARS, MAX_PREREQUISITES,
    MAX_PREREQUISITES_PER_SOFTWARE, MAX_SCRIPT_BYTES, MAX_SCRIPT_TIMEOUT, MAX_TAG_CHARS, MAX_TAGS,
    MAX_TENANT_DEPTH, MAX_VERSION_CHARS, MAX_VERSION_SCRIPT_BYTES, MAX_VERSIONS_PER_SOFTWARE,
    MAX_WAITING_SESSIONS_PER_COMPUTER,
};
use upkeep_projections::MAX_CHANGES;

/// How much there may be of what.
#[derive(Default)]
pub struct ContentLimits;

#[Object]
impl ContentLimits {
    /// How many computers a change may reach unsaid: beyond it `confirmImpact` says how many.
    async fn confirm_above(&self) -> usize {
        CONFIRM_ABOVE
    }

    /// How long a name may be, in characters: of a tenant, a software, a person, an agreement and the like.
    async fn max_name_chars(&self) -> usize {
        MAX_NAME_CHARS
    }

    /// How long a version may be, in characters.
    async fn max_version_chars(&self) -> usize {
        MAX_VERSION_CHARS
    }

    /// How many versions a software may have.
    async fn max_versions_per_software(&self) -> usize {
        MAX_VERSIONS_PER_SOFTWARE
    }

    /// How large a script may be.
    async fn max_script_bytes(&self) -> ByteCount {
        ByteCount(MAX_SCRIPT_BYTES as u64)
    }

    /// How long a script may be given, in seconds.
    async fn max_script_timeout_seconds(&self) -> u64 {
        MAX_SCRIPT_TIMEOUT.as_secs()
    }

    /// How large all scripts of one version may be together.
    async fn max_version_script_bytes(&self) -> ByteCount {
        ByteCount(MAX_VERSION_SCRIPT_BYTES as u64)
    }

    /// How many exit codes of a software may mean success.
    async fn max_exit_codes(&self) -> usize {
        MAX_EXIT_CODES
    }

    /// How long the notes on a software may be, in characters.
    async fn max_notes_chars(&self) -> usize {
        MAX_NOTES_CHARS
    }

    /// How large a package may be.
    async fn max_package_bytes(&self) -> ByteCount {
        ByteCount(MAX_PACKAGE_BYTES)
    }

    /// How long a tag may be, in characters.
    async fn max_tag_chars(&self) -> usize {
        MAX_TAG_CHARS
    }

    /// How many tags a computer, a tenant or a person may carry.
    async fn max_tags(&self) -> usize {
        MAX_TAGS
    }

    /// How many members a group may have.
    async fn max_group_members(&self) -> usize {
        MAX_GROUP_MEMBERS
    }

    /// How many members one change may add to a group or take out of it.
    async fn max_members_per_change(&self) -> usize {
        MAX_MEMBERS_PER_CHANGE
    }

    /// How deep groups may be in each other.
    async fn max_group_depth(&self) -> usize {
        MAX_GROUP_DEPTH
    }

    /// How deep the tree of tenants may be.
    async fn max_tenant_depth(&self) -> usize {
        MAX_TENANT_DEPTH
    }

    /// How many products an agreement may have.
    async fn max_additions(&self) -> usize {
        MAX_ADDITIONS
    }

    /// How many deployments there may be for one tenant, its computers and its people together, and how many for every tenant; deleted
    /// ones aside.
    async fn max_deployments_per_tenant(&self) -> usize {
        MAX_DEPLOYMENTS_PER_TENANT
    }

    /// How many of them may have a filter expression.
    async fn max_expressions_per_tenant(&self) -> usize {
        MAX_EXPRESSIONS_PER_TENANT
    }

    /// How large a filter expression may be.
    async fn max_expression_bytes(&self) -> ByteCount {
        ByteCount(MAX_EXPRESSION_BYTES as u64)
    }

    /// How many parts a filter expression may have: values, facts, operators and functions.
    async fn max_expression_parts(&self) -> usize {
        MAX_EXPRESSION_PARTS
    }

    /// How deep the parts of a filter expression may be in each other.
    async fn max_expression_depth(&self) -> u16 {
        MAX_EXPRESSION_DEPTH
    }

    /// How many optional deployments may be approved for a computer.
    async fn max_approvals(&self) -> usize {
        MAX_APPROVALS
    }

    /// How many items may be ordered at the beginning of a session, and how many at its end.
    async fn max_ordered_items(&self) -> usize {
        MAX_ORDERED_ITEMS
    }

    /// How many prerequisites there may be.
    async fn max_prerequisites(&self) -> usize {
        MAX_PREREQUISITES
    }

    /// How many prerequisites a software may have.
    async fn max_prerequisites_per_software(&self) -> usize {
        MAX_PREREQUISITES_PER_SOFTWARE
    }

    /// How many conditions a prerequisite may have.
    async fn max_conditions_per_prerequisite(&self) -> usize {
        MAX_CONDITIONS_PER_PREREQUISITE
    }

    /// How many installations may have to come before one another.
    async fn max_prerequisite_depth(&self) -> usize {
        MAX_PREREQUISITE_DEPTH
    }

    /// How long the message of a prerequisite may be that lets an action fail, in characters.
    async fn max_prerequisite_message_chars(&self) -> usize {
        MAX_PREREQUISITE_MESSAGE_CHARS
    }

    /// How many sessions may wait for a computer.
    async fn max_waiting_sessions_per_computer(&self) -> usize {
        MAX_WAITING_SESSIONS_PER_COMPUTER
    }

    /// How many actions a session may have; items beyond it are left to the next one.
    async fn max_actions_per_session(&self) -> usize {
        MAX_ACTIONS_PER_SESSION
    }

    /// How often an enrolment token may be used.
    async fn max_enrolment_uses(&self) -> u32 {
        MAX_ENROLMENT_USES
    }

    /// How long an enrolment token may live, in seconds.
    async fn max_enrolment_life_seconds(&self) -> u64 {
        MAX_ENROLMENT_LIFE.as_secs()
    }

    /// How many items may differ in a preview or a comparison.
    async fn max_resolution_changes(&self) -> usize {
        MAX_CHANGES
    }
}
