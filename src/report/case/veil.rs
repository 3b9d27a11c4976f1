use crate::model::incident::Incident;
use crate::model::masked;
use serde_json::Value;
use std::borrow::Cow;
use std::io;

/// The case with every value masked that announces itself by its prefix.
///
/// Nobody puts a credential into a case. A branch, a file or the object of an audit log may be named like one.
pub fn veiled(incident: &Incident) -> io::Result<Incident> {
    let mut document = serde_json::to_value(incident)?;
    mask(&mut document);
    Ok(serde_json::from_value(document)?)
}

fn mask(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Cow::Owned(masked) = masked(text) {
                *text = masked;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mask),
        Value::Object(fields) => fields.values_mut().for_each(mask),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
