//! What the schema says of fields, arguments and inputs, as far as documents are held to it here (`literals.rs`, `merging.rs`).
//!
//! It is read once, from the text that clients have, so that it cannot say anything else.

use async_graphql::Name;
use async_graphql::indexmap::IndexMap;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, Field, FieldDefinition, InputObjectType, InputValueDefinition, OperationType, Type,
    TypeDefinition, TypeKind, TypeSystemDefinition,
};
use async_graphql::{Positioned, parser};
use std::collections::{HashMap, HashSet};

/// What every schema has and no schema's text says (GraphQL, 4.2).
const INTROSPECTION: &str = include_str!("introspection.graphql");
/// The type there whose fields can be asked for at a root, or anywhere.
const INTROSPECTION_ROOT: &str = "__Root";
const BUILT_IN: [&str; 5] = ["Int", "Float", "String", "Boolean", "ID"];

/// The types and directives of the schema by their names.
pub struct Contract {
    kinds: HashMap<Name, Kind>,
    directives: HashMap<Name, Members>,
}

pub enum Kind {
    Scalar(Scalar),
    Enum(HashSet<Name>),
    Input(Input),
    Composite(Composite),
}

/// Which literals a scalar takes. What they hold it judges itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Scalar {
    Int,
    Float,
    Boolean,
    Text,
    /// A text that is not repeated.
    Secret,
    TextOrWhole,
    Any,
}

/// What may be given, by name: arguments, or the members of an input.
pub type Members = IndexMap<Name, Member>;

pub struct Member {
    pub of: Type,
    pub is_required: bool,
}

pub struct Input {
    pub members: Members,
    /// Whether exactly one of them is given.
    pub is_one_of: bool,
}

/// What has fields.
pub struct Composite {
    pub name: Name,
    /// Whether it is the type of objects: no object has two.
    pub is_of_objects: bool,
    fields: HashMap<Name, Asked>,
}

/// A field that can be asked for.
pub struct Asked {
    pub of: Type,
    pub arguments: Members,
}

impl Contract {
    /// Of a schema as text.
    pub fn read(sdl: &str) -> Result<Self, parser::Error> {
        let scalars = BUILT_IN.map(|name| (Name::new(name), Kind::Scalar(Scalar::named(name))));
        let mut contract = Self {
            kinds: scalars.into(),
            directives: HashMap::new(),
        };
        for text in [INTROSPECTION, sdl] {
            for definition in parse_schema(text)?.definitions {
                match definition {
                    TypeSystemDefinition::Type(kind) => {
                        let name = kind.node.name.node.clone();
                        contract.kinds.insert(name, Kind::of(kind.node));
                    }
                    TypeSystemDefinition::Directive(directive) => {
                        let arguments = members(directive.node.arguments);
                        let name = directive.node.name.node;
                        contract.directives.insert(name, arguments);
                    }
                    TypeSystemDefinition::Schema(_) => {}
                }
            }
        }
        Ok(contract)
    }

    pub fn kind(&self, name: &str) -> Option<&Kind> {
        self.kinds.get(name)
    }

    /// The type of that name, if it has fields.
    pub fn composite(&self, name: &str) -> Option<&Composite> {
        match self.kind(name)? {
            Kind::Composite(composite) => Some(composite),
            _ => None,
        }
    }

    pub fn root(&self, operation: OperationType) -> Option<&Composite> {
        self.composite(match operation {
            OperationType::Query => "Query",
            OperationType::Mutation => "Mutation",
            OperationType::Subscription => "Subscription",
        })
    }

    /// What is asked for there; what is not there the library refuses.
    pub fn asked<'a>(&'a self, on: &'a Composite, field: &Field) -> Option<&'a Asked> {
        let name = field.name.node.as_str();
        let is_of_introspection = name.starts_with("__");
        let on = if is_of_introspection {
            self.composite(INTROSPECTION_ROOT)?
        } else {
            on
        };
        on.fields.get(name)
    }

    pub fn directive(&self, name: &str) -> Option<&Members> {
        self.directives.get(name)
    }
}

impl Kind {
    fn of(definition: TypeDefinition) -> Self {
        let name = definition.name.node;
        let composite = |fields: Vec<Positioned<FieldDefinition>>, is_of_objects| {
            Self::Composite(Composite {
                name: name.clone(),
                is_of_objects,
                fields: fields.into_iter().map(asked).collect(),
            })
        };
        match definition.kind {
            TypeKind::Scalar => Self::Scalar(Scalar::named(&name)),
            TypeKind::Object(object) => composite(object.fields, true),
            TypeKind::Interface(interface) => composite(interface.fields, false),
            TypeKind::Union(_) => composite(vec![], false),
            TypeKind::Enum(values) => {
                let values = values.values.into_iter();
                Self::Enum(values.map(|value| value.node.value.node).collect())
            }
            TypeKind::InputObject(InputObjectType { fields }) => {
                let mut directives = definition.directives.iter();
                Self::Input(Input {
                    members: members(fields),
                    is_one_of: directives.any(|directive| directive.node.name.node == "oneOf"),
                })
            }
        }
    }
}

impl Scalar {
    /// As the descriptions of ours say.
    fn named(name: &str) -> Self {
        match name {
            "Int" => Self::Int,
            "Float" => Self::Float,
            "Boolean" => Self::Boolean,
            "String" | "Date" | "DateTime" | "UUID" => Self::Text,
            "SecretText" => Self::Secret,
            "ID" | "Position" | "ByteCount" | "Long" => Self::TextOrWhole,
            _ => Self::Any,
        }
    }
}

/// The name in a type, without its lists.
pub fn named(of: &Type) -> &Name {
    match &of.base {
        BaseType::Named(name) => name,
        BaseType::List(items) => named(items),
    }
}

fn asked(definition: Positioned<FieldDefinition>) -> (Name, Asked) {
    let definition = definition.node;
    let asked = Asked {
        of: definition.ty.node,
        arguments: members(definition.arguments),
    };
    (definition.name.node, asked)
}

fn members(definitions: Vec<Positioned<InputValueDefinition>>) -> Members {
    let member = |definition: Positioned<InputValueDefinition>| {
        let definition = definition.node;
        let of = definition.ty.node;
        let is_required = !of.nullable && definition.default_value.is_none();
        (definition.name.node, Member { of, is_required })
    };
    definitions.into_iter().map(member).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::{EmptyMutation, EmptySubscription, Object, Schema};
    use serde_json::Value;

    struct Query;

    #[Object]
    impl Query {
        async fn one(&self) -> u32 {
            1
        }
    }

    /// A new version of the library may tell more of the schema.
    #[tokio::test]
    async fn introspection_is_what_the_library_makes_of_it() {
        let schema = Schema::new(Query, EmptyMutation, EmptySubscription);
        let contract = Contract::read(&schema.sdl()).unwrap();
        let mut next = vec!["__Schema".to_owned()];
        let mut seen = HashSet::new();
        while let Some(name) = next.pop() {
            if !seen.insert(name.clone()) {
                continue;
            }
            let kind = "kind name ofType { kind name ofType { kind name ofType { kind name } } }";
            let query = format!(
                "{{ __type(name: \"{name}\") {{ kind enumValues {{ name }} fields {{ name args {{ name }} type {{ {kind} }} }} }} }}"
            );
            let told = schema.execute(query).await.data.into_json().unwrap();
            let told = &told["__type"];
            match contract.kind(&name) {
                Some(Kind::Composite(known)) => {
                    let fields = told["fields"].as_array().unwrap();
                    assert_eq!(fields.len(), known.fields.len(), "{name}");
                    for field in fields {
                        let place = format!("{name}.{field}");
                        let asked = known.fields.get(field["name"].as_str().unwrap());
                        let asked = asked.unwrap_or_else(|| panic!("{place}"));
                        assert_eq!(asked.of.to_string(), written(&field["type"]), "{place}");
                        let arguments = field["args"].as_array().unwrap();
                        assert_eq!(arguments.len(), asked.arguments.len(), "{place}");
                        next.push(named(&asked.of).to_string());
                    }
                }
                Some(Kind::Enum(values)) => {
                    let told = told["enumValues"].as_array().unwrap();
                    assert_eq!(told.len(), values.len(), "{name}");
                }
                _ => assert!(BUILT_IN.contains(&name.as_str()), "{name}"),
            }
        }
        assert!(seen.len() > 8, "{seen:?}");
    }

    fn written(of: &Value) -> String {
        match of["kind"].as_str().unwrap() {
            "NON_NULL" => format!("{}!", written(&of["ofType"])),
            "LIST" => format!("[{}]", written(&of["ofType"])),
            _ => of["name"].as_str().unwrap().to_owned(),
        }
    }

    #[test]
    fn each_scalar_of_the_schema_is_known() {
        let sdl = crate::schema::sdl();
        let ours = sdl.lines().filter_map(|line| line.strip_prefix("scalar "));
        for name in ours.filter_map(|rest| rest.split_whitespace().next()) {
            let is_any = Scalar::named(name) == Scalar::Any;
            assert_eq!(
                is_any,
                name == "JSON",
                "{name}: which literals does it take?"
            );
        }
    }
}
