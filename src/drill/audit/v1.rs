use super::super::api::Call;
use super::super::clock::rfc3339;
use super::super::gate::Caller;
use super::super::world::World;
use super::{Actor, Note, Place};
use jiff::Timestamp;
use serde_json::{Value, json};

#[derive(Clone, Debug)]
pub(crate) struct EntryV1 {
    pub at: Timestamp,
    pub accounts: Vec<String>,
    /// The user whose own log shows it.
    pub user: Option<String>,
    /// About a user, not about an account: `hide_user_logs` leaves it out.
    pub user_level: bool,
    pub zone_name: Option<String>,
    pub json: Value,
}

impl World {
    pub(super) fn write_v1(
        &mut self,
        call: &Call<'_>,
        caller: &Caller,
        actor: &Actor,
        place: &Place,
        note: Note,
    ) {
        let owner = caller.user().or(place.accounts.first().map(String::as_str)).unwrap_or_default();
        let json = json!({
            "id": self.chance.uuid(),
            "when": rfc3339(call.request.at),
            "action": {"type": note.action, "result": true},
            "actor": {"type": actor.kind, "id": actor.id, "email": actor.email, "ip": call.request.client},
            "interface": "API",
            "owner": {"id": owner},
            "resource": {"type": note.resource_type, "id": note.resource_id},
            "metadata": with_zone_name(note.metadata, place),
            "oldValue": "",
            "newValue": "",
            "oldValueJson": note.before,
            "newValueJson": note.after,
        });
        self.audit.v1.push(EntryV1 {
            at: call.request.at,
            accounts: place.accounts.clone(),
            user: caller.user().map(str::to_owned),
            user_level: place.scope == "user",
            zone_name: place.zone.as_ref().map(|(_, name)| name.clone()),
            json,
        });
    }
}

fn with_zone_name(mut metadata: Value, place: &Place) -> Value {
    if let Some((_, name)) = &place.zone {
        metadata["zone_name"] = json!(name);
    }
    metadata
}
