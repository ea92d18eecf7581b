//! Values that a script holds and cannot look into: versions, and texts with secrets.

use super::state::State;
use crate::text::Text;
use mlua::{Lua, MetaMethod, UserData, UserDataMethods, UserDataRef, Value};
use std::rc::Rc;
use upkeep_domain::catalogue::version::Version;

/// A version that compares by the order of all versions.
pub(super) struct VersionHandle(pub Version);

impl UserData for VersionHandle {
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        type Other = UserDataRef<VersionHandle>;
        methods.add_meta_method(MetaMethod::Lt, |_, this, other: Other| Ok(this.0 < other.0));
        methods.add_meta_method(
            MetaMethod::Le,
            |_, this, other: Other| Ok(this.0 <= other.0),
        );
        methods.add_meta_method(
            MetaMethod::Eq,
            |_, this, other: Other| Ok(this.0 == other.0),
        );
        methods.add_meta_method(MetaMethod::ToString, |_, this, ()| {
            Ok(this.0.as_str().to_owned())
        });
    }
}

/// A text in which secrets stand by their names. It can be put together with others, and handed to a call.
pub(super) struct TextHandle {
    pub text: Text,
    pub state: Rc<State>,
}

impl UserData for TextHandle {
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods.add_meta_function(MetaMethod::Concat, |lua, (left, right): (Value, Value)| {
            concatenated(lua, &left, &right)
        });
        methods.add_meta_method(MetaMethod::ToString, |_, this, ()| {
            Ok(this.text.to_string())
        });
    }
}

fn concatenated(lua: &Lua, left: &Value, right: &Value) -> mlua::Result<TextHandle> {
    let state = [left, right]
        .into_iter()
        .find_map(|value| handle(value).map(|handle| handle.state.clone()))
        .ok_or_else(|| mlua::Error::runtime("neither is a text with a secret"))?;
    let (Some(before), Some(after)) = (text_of(lua, left), text_of(lua, right)) else {
        return Err(mlua::Error::runtime(
            "a secret is put together with texts and numbers only",
        ));
    };
    let Some(text) = before.followed_by(&after) else {
        return Err(mlua::Error::runtime("the text with a secret gets too long"));
    };
    if state.hold(text.bytes()).is_err() {
        return Err(mlua::Error::runtime("the script stops"));
    }
    Ok(TextHandle { text, state })
}

fn handle(value: &Value) -> Option<UserDataRef<TextHandle>> {
    value.as_userdata()?.borrow::<TextHandle>().ok()
}

/// The text that a value is: a handle's, or a string's or number's own if that is UTF-8.
pub(super) fn text_of(lua: &Lua, value: &Value) -> Option<Text> {
    if let Some(handle) = handle(value) {
        return Some(handle.text.clone());
    }
    match value {
        Value::String(_) | Value::Integer(_) | Value::Number(_) => {
            let written = lua.coerce_string(value.clone()).ok()??;
            Some(Text::plain(written.to_str().ok()?.to_owned()))
        }
        _ => None,
    }
}
