//! Who asks for a change, with which options; and the answer.

use super::input::{Input, Payload};
use crate::error::{self, ErrorCode};
use crate::request::{Request, services};
use crate::schema::types::CommandOptions;
use async_graphql::{Context, InputType, Result};
use upkeep_commands::{Ask, Change, Done, Envelope, Stop};
use upkeep_domain::kernel::decider::Decider;
use upkeep_domain::kernel::digest::Sha256Digest;
use upkeep_domain::kernel::ids::CommandId;
use upkeep_domain::kernel::metadata::Actor;
use upkeep_domain::kernel::text::{self, TextError};
use uuid::Uuid;

/// Carries a change out and answers with the object that it was about.
pub async fn change<C, P>(context: &Context<'_>, name: &str, input: C) -> Result<Option<P>>
where
    C: Change + Input,
    P: Payload<Of = C::Of>,
{
    let mut ask = asking(context, name, &input, input.options())?;
    let done = carry_out(context, &mut ask, &input).await;
    P::answer(context, done.map(|(id, _)| id))
}

/// Carries a change out; from now on the request is answered from a view that shows it.
pub async fn carry_out<C: Change>(
    context: &Context<'_>,
    ask: &mut Ask,
    change: &C,
) -> Result<(<C::Of as Decider>::Id, Done), Stop> {
    let done = services(context).commands.carry_out(ask, change).await;
    Request::of(context).move_on(ask.newest().clone());
    done
}

/// Whoever asks for this mutation.
pub fn asking(
    context: &Context<'_>,
    name: &str,
    input: &impl InputType,
    options: &CommandOptions,
) -> Result<Ask> {
    let request = Request::of(context);
    let principal = request.principal()?;
    let envelope = envelope(name, input, options, principal.actor())?;
    let commands = &services(context).commands;
    let now = commands.clock().now();
    Ok(Ask::new(
        principal,
        envelope,
        request.view(),
        now,
        commands.world(),
    ))
}

/// What goes with a mutation besides its content. Its digest tells a retry from another command under the same id.
pub fn envelope(
    name: &str,
    input: &impl InputType,
    options: &CommandOptions,
    actor: Actor,
) -> Result<Envelope> {
    let reason = options.reason.as_deref().map(reason).transpose()?.flatten();
    let command = CommandId(options.command_id.unwrap_or_else(Uuid::now_v7));
    let input = serde_json::to_vec(&(name, actor, input.to_value().into_json().ok()))
        .map_err(|error| error::internal(&error))?;
    Ok(Envelope {
        digest: Some(Sha256Digest::of(&input)),
        reason,
        expected_revision: options.expected_revision,
        ..Envelope::new(command, actor)
    })
}

/// A reason as it is kept: composed, with nothing hidden in it; none where nothing is said.
fn reason(text: &str) -> Result<Option<String>> {
    let what = match text::prose(text) {
        Ok(reason) => return Ok(Some(reason)),
        Err(TextError::Empty) => return Ok(None),
        Err(TextError::Control) => "a control character",
        Err(TextError::Invisible(_)) => "a character that cannot be seen",
    };
    let message = format!("options.reason holds {what}: remove it");
    Err(ErrorCode::BadUserInput.error(message))
}
