//! Scheduled events: what is about to happen to a VM, told to it ahead (IDENTITY-WIRE 1.7).

use serde::{Deserialize, Serialize};
use time::Duration;
use uuid::Uuid;

use crate::Time;

/// What happens to a VM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EventType {
    /// It stands still for some seconds.
    Freeze,
    /// It starts anew.
    Reboot,
    /// It moves to another host, and its temporary disk is lost.
    Redeploy,
    /// A Spot VM is taken away.
    Preempt,
    /// It is deleted.
    Terminate,
}

impl EventType {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::Freeze, Self::Reboot, Self::Redeploy, Self::Preempt, Self::Terminate];

    /// Azure's spelling.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Freeze => "Freeze",
            Self::Reboot => "Reboot",
            Self::Redeploy => "Redeploy",
            Self::Preempt => "Preempt",
            Self::Terminate => "Terminate",
        }
    }

    /// How long ahead Azure tells of it at least (IDENTITY-WIRE 1.7).
    #[must_use]
    pub fn minimum_notice(self) -> Duration {
        match self {
            Self::Freeze | Self::Reboot => Duration::minutes(15),
            Self::Redeploy => Duration::minutes(10),
            Self::Preempt => Duration::seconds(30),
            Self::Terminate => Duration::minutes(5),
        }
    }

    /// How many seconds the VM is expected to be away; -1 where nobody knows.
    #[must_use]
    pub fn usual_duration(self) -> i32 {
        match self {
            Self::Freeze => 9,
            Self::Reboot => 5,
            Self::Redeploy | Self::Preempt | Self::Terminate => -1,
        }
    }
}

/// Whose wish an event is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EventSource {
    /// Azure's own.
    #[default]
    Platform,
    /// Somebody's who may do this to the VM.
    User,
}

impl EventSource {
    /// Azure's spelling.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Platform => "Platform",
            Self::User => "User",
        }
    }
}

/// How long an event of unknown duration is shown as started.
const UNKNOWN_DURATION: Duration = Duration::seconds(10);

/// One event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScheduledEvent {
    /// Its id, by which the VM acknowledges it.
    pub id: Uuid,
    /// What happens.
    pub event_type: EventType,
    /// Whose wish it is.
    #[serde(default)]
    pub source: EventSource,
    /// Why, in words.
    pub description: String,
    /// For how many seconds; -1 where nobody knows.
    pub duration: i32,
    /// When it happens at the latest.
    #[serde(with = "time::serde::rfc3339")]
    pub not_before: Time,
    /// When the VM acknowledged it.
    #[serde(with = "time::serde::rfc3339::option")]
    pub acknowledged_at: Option<Time>,
    /// Whether it has been done to the VM.
    pub is_done: bool,
}

impl ScheduledEvent {
    /// Whether the VM sees it as `Started`.
    #[must_use]
    pub fn is_started(&self) -> bool {
        self.is_done || self.acknowledged_at.is_some()
    }

    /// When it starts: at once when it has been acknowledged.
    #[must_use]
    pub fn starts_at(&self) -> Time {
        self.acknowledged_at.unwrap_or(self.not_before)
    }

    fn ends_at(&self) -> Time {
        self.starts_at() + u32::try_from(self.duration).map_or(UNKNOWN_DURATION, |n| Duration::seconds(n.into()))
    }
}

/// All that is ahead of one VM.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScheduledEvents {
    /// Changes whenever the events do.
    pub incarnation: u64,
    /// The events, oldest first.
    pub events: Vec<ScheduledEvent>,
    /// When the VM asked for them lately, to within a minute.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub asked_at: Option<Time>,
}

/// A VM that has not asked for so long is not waited for any more (IDENTITY-WIRE 1.7).
const SWITCHED_OFF_AFTER: Duration = Duration::DAY;
/// A VM asks every second; that it does is noted down more seldom.
const NOTED_EVERY: Duration = Duration::MINUTE;

impl Default for ScheduledEvents {
    fn default() -> Self {
        Self { incarnation: 1, events: Vec::new(), asked_at: None }
    }
}

impl ScheduledEvents {
    /// Whether the VM wants to be told what somebody is about to do to it.
    #[must_use]
    pub fn is_on(&self, now: Time) -> bool {
        self.asked_at.is_some_and(|at| now - at < SWITCHED_OFF_AFTER)
    }

    /// Whether it is to be noted down that the VM asks at `now`. A moment still to come is one before the clock was put back.
    #[must_use]
    pub fn is_news(&self, now: Time) -> bool {
        self.asked_at.is_none_or(|at| now - at >= NOTED_EVERY || at > now)
    }

    /// One more event.
    pub fn schedule(&mut self, event: ScheduledEvent) {
        self.events.push(event);
        self.incarnation += 1;
    }

    /// The VM acknowledges some events: they start now. Events that have started or are no more are left as they are.
    pub fn acknowledge(&mut self, ids: &[Uuid], now: Time) {
        let mut changed = false;
        for event in self.events.iter_mut().filter(|event| ids.contains(&event.id) && !event.is_started()) {
            event.acknowledged_at = Some(now);
            changed = true;
        }
        self.incarnation += u64::from(changed);
    }

    /// Whether [`Self::start`] or [`Self::finish`] would change something.
    #[must_use]
    pub fn is_due(&self, now: Time) -> bool {
        self.events.iter().any(|event| if event.is_done { event.ends_at() <= now } else { event.starts_at() <= now })
    }

    /// Starts the events whose time has come, and says which.
    pub fn start(&mut self, now: Time) -> Vec<EventType> {
        let mut started = Vec::new();
        for event in self.events.iter_mut().filter(|event| !event.is_done && event.starts_at() <= now) {
            // One that was acknowledged was shown as started before.
            self.incarnation += u64::from(event.acknowledged_at.is_none());
            event.is_done = true;
            started.push(event.event_type);
        }
        started
    }

    /// Takes away the events that are over.
    pub fn finish(&mut self, now: Time) {
        let before = self.events.len();
        self.events.retain(|event| !event.is_done || event.ends_at() > now);
        self.incarnation += u64::from(self.events.len() != before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(n: u128, minutes: i64, duration: i32) -> ScheduledEvent {
        ScheduledEvent {
            id: Uuid::from_u128(n),
            event_type: EventType::Reboot,
            source: EventSource::Platform,
            description: String::new(),
            duration,
            not_before: Time::UNIX_EPOCH + Duration::minutes(minutes),
            acknowledged_at: None,
            is_done: false,
        }
    }

    #[test]
    fn it_is_switched_off_a_day_after_the_last_question() {
        let at = |seconds| Time::UNIX_EPOCH + Duration::seconds(seconds);
        let never = ScheduledEvents::default();
        assert!(!never.is_on(at(0)) && never.is_news(at(0)));
        let asked = ScheduledEvents { asked_at: Some(at(0)), ..never };
        assert!(asked.is_on(at(86_399)) && !asked.is_on(at(86_400)));
        assert!(!asked.is_news(at(59)) && asked.is_news(at(60)) && asked.is_news(at(-1)));
    }

    #[test]
    fn an_event_s_life() {
        let at = |seconds| Time::UNIX_EPOCH + Duration::seconds(seconds);
        let mut events = ScheduledEvents::default();
        events.schedule(event(1, 15, 5));
        events.schedule(event(2, 20, -1));
        assert_eq!(events.incarnation, 3);
        assert!(!events.is_due(at(899)) && events.start(at(899)).is_empty());
        assert!(events.is_due(at(900)));
        assert_eq!(events.start(at(900)), [EventType::Reboot]);
        assert_eq!((events.incarnation, events.events[0].is_started()), (4, true));
        assert!(!events.is_due(at(904)) && events.is_due(at(905)));

        events.acknowledge(&[Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(9)], at(902));
        assert_eq!((events.incarnation, events.events[1].is_started()), (5, true));
        events.acknowledge(&[Uuid::from_u128(2)], at(903));
        assert_eq!((events.incarnation, events.events[1].starts_at()), (5, at(902)));
        assert_eq!(events.start(at(903)), [EventType::Reboot]);
        assert_eq!(events.incarnation, 5, "it was shown as started already");
        events.finish(at(911));
        assert_eq!((events.incarnation, events.events.len()), (6, 1));
        events.finish(at(912));
        assert_eq!((events.incarnation, events.events.len()), (7, 0));
    }
}
