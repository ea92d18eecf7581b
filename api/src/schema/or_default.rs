//! What may be left out of an input.

use async_graphql::registry::Registry;
use async_graphql::{InputType, InputValueError, InputValueResult, Value};
use std::borrow::Cow;
use std::ops::Deref;

/// A value of an input that may be left out: then, and where a client writes null or has a variable without a value, it is the
/// default, which the description tells. (A default in the schema would be taken only where nothing is written, and its type
/// would refuse null.)
#[derive(Clone, Copy, Debug, Default)]
pub struct OrDefault<T>(pub T);

impl<T> Deref for OrDefault<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: InputType + Default> InputType for OrDefault<T> {
    type RawValueType = T::RawValueType;

    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn qualified_type_name() -> String {
        Option::<T>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Option::<T>::create_type_info(registry)
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        let given = Option::<T>::parse(value).map_err(InputValueError::propagate)?;
        Ok(Self(given.unwrap_or_default()))
    }

    /// The same whether it was left out or written: a mutation that is sent again is known by it.
    fn to_value(&self) -> Value {
        self.0.to_value()
    }

    fn as_raw_value(&self) -> Option<&Self::RawValueType> {
        self.0.as_raw_value()
    }
}
