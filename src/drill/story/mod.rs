//! The incident that `cfleak drill` rehearses: a bakery, its two accounts, a deploy token that leaked, and
//! somebody who used it.
//!
//! The past is made by acting it: every deploy and every step of the attacker is a request against the fake,
//! at its time and from its address, so that state and audit logs agree by themselves. Leaves out what a
//! responder does about it.

mod attack;
mod company;
mod planted;
mod samples;

pub use company::Cast;
pub use planted::Planted;
pub use samples::{CannotWrite, Cause, Samples, write_samples};

use super::clock::Clock;
use super::world::World;

/// A world in which it has happened, and who is who in it.
#[derive(Debug)]
pub struct Story {
    pub world: World,
    pub cast: Cast,
}

/// The incident, told backwards from now: leaked six days ago, used three days ago and again yesterday.
pub fn incident(seed: u64, clock: Clock) -> Story {
    let now = clock.now();
    let (builder, mut cast) = company::bakery(seed, clock);
    let mut world = builder.build();
    let acts = attack::play(&mut world, &cast, now);
    for surprise in &acts.surprises {
        tracing::warn!("the story did not go as written: {surprise}");
    }
    cast.minted = acts.minted;
    world.begin();
    Story { world, cast }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    fn story() -> Story {
        let now: Timestamp = "2026-11-22T10:00:00Z".parse().expect("a time");
        incident(1, Clock::new(move || now))
    }

    #[test]
    fn everything_the_attacker_tried_went_as_written() {
        let now: Timestamp = "2026-11-22T10:00:00Z".parse().expect("a time");
        let (builder, cast) = company::bakery(1, Clock::new(move || now));
        let acts = attack::play(&mut builder.build(), &cast, now);
        assert_eq!(acts.surprises, [""; 0]);
        assert_eq!(acts.minted.len(), 2, "a child and a grandchild");
    }

    #[test]
    fn the_same_seed_tells_the_same_story() {
        let (one, two) = (story(), story());
        assert_eq!(one.cast.leaked.id, two.cast.leaked.id);
        assert_eq!(one.cast.minted, two.cast.minted);
        assert!(one.world.seen().is_empty(), "the past is no request of the rehearsal");
    }
}
