//! `uuid`: a UUID is sent as text with hyphens, in lower case.

use ::uuid::Uuid;
use ::uuid::fmt::Hyphenated;

use crate::kind::Text;
use crate::record::{Slot, ValueError, Written};
use crate::value::FieldValue;

impl FieldValue<Text> for Uuid {
    fn write(&self, slot: Slot<'_, Text>) -> Result<Written, ValueError> {
        slot.text(self.hyphenated().encode_lower(&mut [0; Hyphenated::LENGTH]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::sent;

    #[test]
    fn uuids_are_hyphenated() {
        let uuid = Uuid::from_u128(0x67e5_5044_10b1_426f_9247_bb68_0e5f_e0c8);
        assert_eq!(sent::<Text>(&uuid), "67e55044-10b1-426f-9247-bb680e5fe0c8");
        assert_eq!(
            sent::<Text>(&Some(Uuid::nil())),
            "00000000-0000-0000-0000-000000000000"
        );
    }
}
