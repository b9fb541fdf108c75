//! Scheduled events: the document in its versions, and acknowledgements.

use axum::body::Body;
use axum::http::Request;
use model::{EventSource, EventType, ScheduledEvent, ScheduledEvents, Scope};
use request_body::Unread;
use serde_json::json;
use time::Duration;
use uuid::Uuid;

use crate::error::Error;
use crate::testing::{Answer, VM, World, start};

const TARGET: &str = "/metadata/scheduledevents?api-version=2020-07-01";

/// A VM with one event of each kind ahead.
async fn warned() -> World {
    let world = World::new(false, &[]).await;
    let mut events = ScheduledEvents::default();
    for (n, event_type) in (1..).zip(EventType::ALL) {
        events.schedule(ScheduledEvent {
            id: Uuid::from_u128(0xab00 + n),
            event_type,
            source: if n == 2 { EventSource::User } else { EventSource::Platform },
            description: "Simulated maintenance.".to_owned(),
            duration: event_type.usual_duration(),
            not_before: start() + event_type.minimum_notice(),
            acknowledged_at: None,
            is_done: false,
        });
    }
    let mut tx = world.store.begin().await;
    tx.put_scheduled_events(&Scope::new(VM), events);
    tx.commit().await.unwrap();
    world
}

async fn post(world: &World, body: &str) -> Answer {
    let request = Request::post(TARGET).header("Metadata", "true").body(Body::from(body.to_owned())).unwrap();
    world.send(request).await
}

#[tokio::test]
async fn nothing_is_ahead() {
    let world = World::new(false, &[]).await;
    assert_eq!(world.get(TARGET).await.body, r#"{"DocumentIncarnation":1,"Events":[]}"#);
    assert_eq!(
        post(&world, r#"{"StartRequests":[{"EventId":"602d9444-d2cd-49c7-8624-8643e7171297"}]}"#).await.status,
        200
    );
}

#[tokio::test]
async fn the_document_of_each_version() {
    let world = warned().await;
    let first = world.get(TARGET).await.json();
    insta::assert_snapshot!(first["Events"][1], @r#"{"EventId":"00000000-0000-0000-0000-00000000AB02","EventType":"Reboot","ResourceType":"VirtualMachine","Resources":["vm-web-0"],"EventStatus":"Scheduled","NotBefore":"Sat, 01 Aug 2026 10:26:12 GMT","Description":"Simulated maintenance.","EventSource":"User","DurationInSeconds":5}"#);
    assert_eq!(first["DocumentIncarnation"], 6);
    let mut told = Vec::new();
    for version in ["2017-03-01", "2017-08-01", "2017-11-01", "2019-01-01", "2019-04-01", "2019-08-01", "2020-07-01"] {
        let document = world.get(&format!("/metadata/scheduledevents?api-version={version}")).await.json();
        let events = document["Events"].as_array().unwrap();
        let kinds: Vec<_> = events.iter().map(|e| e["EventType"].as_str().unwrap()).collect();
        let members = events[0].as_object().unwrap().len();
        told.push(format!("{version} {} {members} {}", events[0]["Resources"], kinds.join(" ")));
    }
    insta::assert_snapshot!(told.join("\n"), @r#"
    2017-03-01 ["_vm-web-0"] 6 Freeze Reboot Redeploy
    2017-08-01 ["vm-web-0"] 6 Freeze Reboot Redeploy
    2017-11-01 ["vm-web-0"] 6 Freeze Reboot Redeploy Preempt
    2019-01-01 ["vm-web-0"] 6 Freeze Reboot Redeploy Preempt Terminate
    2019-04-01 ["vm-web-0"] 7 Freeze Reboot Redeploy Preempt Terminate
    2019-08-01 ["vm-web-0"] 8 Freeze Reboot Redeploy Preempt Terminate
    2020-07-01 ["vm-web-0"] 9 Freeze Reboot Redeploy Preempt Terminate
    "#);
}

#[tokio::test]
async fn who_asks_is_noted_down_once_a_minute() {
    let world = World::new(false, &[]).await;
    let asked_at = || world.store.read().scheduled_events(&Scope::new(VM)).and_then(|events| events.asked_at);
    post(&world, r#"{"StartRequests":[]}"#).await;
    assert_eq!(asked_at(), None);
    for (seconds, noted) in [(0, 0), (59, 0), (1, 60), (59, 60)] {
        world.advance(Duration::seconds(seconds));
        assert_eq!(world.get(TARGET).await.json()["DocumentIncarnation"], 1);
        assert_eq!(asked_at(), Some(start() + Duration::seconds(noted)));
    }
}

#[tokio::test]
async fn an_acknowledged_event_has_started() {
    let world = warned().await;
    world.advance(Duration::seconds(5));
    let reboot = world.get(TARGET).await.json()["Events"][1]["EventId"].clone();
    let body = json!({"StartRequests": [{"EventId": reboot}, {"EventId": Uuid::nil()}]}).to_string();
    for _ in 0..2 {
        let answer = post(&world, &body).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, ""));
        let document = world.get(TARGET).await.json();
        assert_eq!(document["DocumentIncarnation"], 7, "the second time changes nothing");
        let event = &document["Events"][1];
        assert_eq!((&event["EventStatus"], &event["NotBefore"]), (&json!("Started"), &json!("")));
        assert_eq!(document["Events"][0]["EventStatus"], "Scheduled");
    }
    let kept = world.store.read().scheduled_events(&Scope::new(VM)).unwrap().events[1].acknowledged_at;
    assert_eq!(kept, Some(start() + Duration::seconds(5)));
}

#[tokio::test]
async fn an_acknowledgement_must_be_one() {
    let world = warned().await;
    let long = format!(r#"{{"StartRequests":[],"x":"{}"}}"#, "a".repeat(70_000));
    for body in ["", "{}", "[]", "{\"StartRequests\":{}}", r#"{"StartRequests":[{"EventId":"x"}]}"#, &long] {
        let answer = post(&world, body).await;
        assert_eq!(answer.status, 400, "{body:.80}");
        assert!(answer.json()["error"].as_str().unwrap().starts_with("Bad request. "));
    }
    let late = Error::from(Unread::TooLate).reply(false).into_response(Uuid::nil(), start());
    assert_eq!(late.status(), 408);
    let without = Request::post(TARGET).body(Body::from(r#"{"StartRequests":[]}"#)).unwrap();
    assert_eq!(world.send(without).await.status, 400);
    let put = Request::put(TARGET).header("Metadata", "true").body(Body::empty()).unwrap();
    let answer = world.send(put).await;
    assert_eq!((answer.status.as_u16(), answer.headers["allow"].to_str().unwrap()), (405, "GET, POST"));
    assert_eq!(world.get(TARGET).await.json()["DocumentIncarnation"], 6);
}
