//! Scheduled events become true: after an acknowledgement, or when their time has come.

use cloud::{Answer, Cloud, machine};
use reqwest::Method;
use serde_json::{Value, json};

const EVENTS: &str = "/metadata/scheduledevents?api-version=2020-07-01";

async fn schedule(cloud: &Cloud, wanted: Value) -> Answer {
    cloud.control(Method::POST, "/vms/events", &wanted).await
}

/// The event that the VM sees, its status and the time in its instance view.
async fn seen(cloud: &Cloud, vm: &str) -> String {
    let document = cloud.imds(vm, EVENTS).await.ok().body;
    let event = &document["Events"][0];
    let view = cloud.arm("GET", &format!("{vm}/instanceView"), None).await.ok().body;
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    format!(
        "{} {} {} {:?} {} {}",
        document["DocumentIncarnation"],
        text(&event["EventType"]),
        text(&event["EventStatus"]),
        text(&event["NotBefore"]),
        text(&view["statuses"][0]["time"]),
        text(&view["statuses"][1]["code"]),
    )
}

async fn acknowledge(cloud: &Cloud, vm: &str) {
    let id = cloud.imds(vm, EVENTS).await.ok().body["Events"][0]["EventId"].clone();
    let url = format!("http://{}{EVENTS}", cloud.imds_address(vm));
    let request = cloud.http.post(url).header("Metadata", "true").json(&json!({"StartRequests": [{"EventId": id}]}));
    Answer::of(request).await.ok();
}

/// A Spot VM.
async fn make_spot(cloud: &Cloud, group: &str, name: &str, policy: &str) -> String {
    let interface = cloud.make_interface(group, name).await;
    let mut body = machine(name, &interface);
    body["properties"]["priority"] = json!("Spot");
    body["properties"]["evictionPolicy"] = json!(policy);
    let vm = format!("{group}/providers/Microsoft.Compute/virtualMachines/{name}");
    cloud.arm("PUT", &vm, body).await.ok();
    cloud.wait_for(cloud.imds_address(&vm)).await;
    vm
}

#[tokio::test]
async fn a_reboot_with_and_without_consent() {
    let cloud = Cloud::start().await;
    let group = cloud.make_group("rg").await;
    let vm = cloud.make_vm(&group, "vm1").await;
    let mut told = vec![seen(&cloud, &vm).await];
    let event = schedule(&cloud, json!({"vm": "VM1", "event": "reboot"})).await.ok().body;
    assert_eq!((&event["event"], &event["notBefore"]), (&json!("Reboot"), &json!("Fri, 15 Jan 2027 08:15:00 GMT")));
    told.push(seen(&cloud, &vm).await);
    cloud.advance("1m").await;
    acknowledge(&cloud, &vm).await;
    // What follows an acknowledgement does so by itself, but not within the answer.
    while seen(&cloud, &vm).await.contains("08:00:00Z") {
        tokio::task::yield_now().await;
    }
    told.push(seen(&cloud, &vm).await);
    cloud.advance("5s").await;
    told.push(seen(&cloud, &vm).await);
    schedule(&cloud, json!({"vm": "vm1", "event": "redeploy", "notice": "1h", "duration": 30})).await.ok();
    cloud.advance("59m").await;
    told.push(seen(&cloud, &vm).await);
    cloud.advance("70s").await;
    told.push(seen(&cloud, &vm).await);
    cloud.advance("1d").await;
    told.push(seen(&cloud, &vm).await);
    insta::assert_snapshot!(told.join("\n"), @r#"
    1 - - "-" 2027-01-15T08:00:00Z PowerState/running
    2 Reboot Scheduled "Fri, 15 Jan 2027 08:15:00 GMT" 2027-01-15T08:00:00Z PowerState/running
    3 Reboot Started "" 2027-01-15T08:01:00Z PowerState/running
    4 - - "-" 2027-01-15T08:01:00Z PowerState/running
    5 Redeploy Scheduled "Fri, 15 Jan 2027 09:01:05 GMT" 2027-01-15T08:01:00Z PowerState/running
    6 Redeploy Started "" 2027-01-15T09:01:15Z PowerState/running
    7 - - "-" 2027-01-15T09:01:15Z PowerState/running
    "#);
}

#[tokio::test]
async fn spot_vms_are_taken_away() {
    let cloud = Cloud::start().await;
    let group = cloud.make_group("rg").await;
    let ordinary = cloud.make_vm(&group, "ordinary").await;
    let refusal = schedule(&cloud, json!({"vm": "ordinary", "event": "preempt"})).await;
    assert_eq!(refusal.body["error"], "The VM 'ordinary' is not a Spot VM: only those are preempted.");
    let refusal = cloud.arm("POST", &format!("{ordinary}/simulateEviction"), None).await;
    assert_eq!(refusal.summary(), "409 OperationNotAllowed");

    let stopped = make_spot(&cloud, &group, "spot1", "Deallocate").await;
    let deleted = make_spot(&cloud, &group, "spot2", "Delete").await;
    for vm in [&stopped, &deleted] {
        assert_eq!(cloud.arm("POST", &format!("{vm}/simulateEviction"), None).await.status, 204);
        let document = cloud.imds(vm, EVENTS).await.ok().body;
        assert_eq!(document["Events"][0]["EventType"], "Preempt");
        assert_eq!(document["Events"][0]["NotBefore"], "Fri, 15 Jan 2027 08:00:30 GMT");
    }
    cloud.advance("30s").await;
    let view = cloud.arm("GET", &format!("{stopped}/instanceView"), None).await.ok().body;
    assert_eq!(view["statuses"][1]["code"], "PowerState/deallocated");
    assert_eq!(cloud.arm("GET", &deleted, None).await.status, 404);
    let refusal = schedule(&cloud, json!({"vm": "spot1", "event": "freeze"})).await;
    assert_eq!(refusal.body["error"], "The VM 'spot1' is not running: start it first.");
    // Started anew it has nothing ahead, and its document's number goes on.
    cloud.arm("POST", &format!("{stopped}/start"), None).await.ok();
    cloud.advance("1m").await;
    cloud.wait_for(cloud.imds_address(&stopped)).await;
    assert_eq!(cloud.imds(&stopped, EVENTS).await.text, r#"{"DocumentIncarnation":4,"Events":[]}"#);
}

/// A machine that has asked for scheduled events within a day is told what somebody wants of Resource Manager, and it
/// happens when it agrees; any other is restarted at once.
#[tokio::test]
async fn what_users_do_is_told_to_those_who_ask() {
    let cloud = Cloud::start().await;
    let group = cloud.make_group("rg").await;
    let vm = cloud.make_vm(&group, "vm1").await;
    let act = async |action: &str| assert_eq!(cloud.arm("POST", &format!("{vm}/{action}"), None).await.status, 202);
    cloud.advance("1m").await;
    act("restart").await;
    let mut told = vec![seen(&cloud, &vm).await];

    cloud.advance("1h").await;
    act("redeploy").await;
    let document = cloud.imds(&vm, EVENTS).await.ok().body;
    assert_eq!(document["Events"][0]["EventSource"], "User");
    told.push(seen(&cloud, &vm).await);
    acknowledge(&cloud, &vm).await;
    while seen(&cloud, &vm).await.contains("08:01:00Z") {
        tokio::task::yield_now().await;
    }
    cloud.advance("23h").await;
    act("restart").await;
    cloud.advance("15m").await;
    told.push(seen(&cloud, &vm).await);

    cloud.advance("1d").await;
    act("restart").await;
    told.push(seen(&cloud, &vm).await);

    let agrees =
        json!({"properties": {"scheduledEventsPolicy": {"userInitiatedReboot": {"automaticallyApprove": true}}}});
    cloud.arm("PATCH", &vm, agrees).await.ok();
    cloud.advance("1m").await;
    act("restart").await;
    told.push(seen(&cloud, &vm).await);
    insta::assert_snapshot!(told.join("\n"), @r#"
    1 - - "-" 2027-01-15T08:01:00Z PowerState/running
    2 Redeploy Scheduled "Fri, 15 Jan 2027 09:11:00 GMT" 2027-01-15T08:01:00Z PowerState/running
    6 Reboot Started "" 2027-01-16T08:16:00Z PowerState/running
    7 - - "-" 2027-01-17T08:16:00Z PowerState/running
    9 Reboot Started "" 2027-01-17T08:17:00Z PowerState/running
    "#);
}

#[tokio::test]
async fn a_terminated_vm_is_gone() {
    let cloud = Cloud::start().await;
    let group = cloud.make_group("rg").await;
    let vm = cloud.make_vm(&group, "vm1").await;
    let warned =
        |profile: Value| json!({"properties": {"scheduledEventsProfile": {"terminateNotificationProfile": profile}}});
    cloud.arm("PATCH", &vm, warned(json!({"enable": true, "notBeforeTimeout": "PT12M"}))).await.ok();
    let event = schedule(&cloud, json!({"vm": "vm1", "event": "terminate"})).await.ok().body;
    assert_eq!(event["notBefore"], "Fri, 15 Jan 2027 08:12:00 GMT", "as the machine wants it");
    cloud.arm("PATCH", &vm, warned(json!({"enable": false}))).await.ok();
    schedule(&cloud, json!({"vm": "vm1", "event": "terminate"})).await.ok();
    cloud.advance("299s").await;
    cloud.arm("GET", &vm, None).await.ok();
    cloud.advance("1s").await;
    assert_eq!(cloud.arm("GET", &vm, None).await.status, 404);
}

#[tokio::test]
async fn a_vm_that_wants_to_know_is_deleted_when_it_agrees() {
    let cloud = Cloud::start().await;
    let group = cloud.make_group("rg").await;
    let vm = cloud.make_vm(&group, "vm1").await;
    let profile = json!({"terminateNotificationProfile": {"enable": true, "notBeforeTimeout": "PT15M"}});
    cloud.arm("PATCH", &vm, json!({"properties": {"scheduledEventsProfile": profile}})).await.ok();
    for _ in 0..2 {
        assert_eq!(cloud.arm("DELETE", &vm, None).await.status, 202);
    }
    assert_eq!(
        seen(&cloud, &vm).await,
        r#"2 Terminate Scheduled "Fri, 15 Jan 2027 08:15:00 GMT" 2027-01-15T08:00:00Z PowerState/running"#
    );
    acknowledge(&cloud, &vm).await;
    while cloud.arm("GET", &vm, None).await.status == 200 {
        tokio::task::yield_now().await;
    }

    // One that does not run has nobody to tell.
    let stopped = cloud.make_vm(&group, "vm2").await;
    cloud.arm("PATCH", &stopped, json!({"properties": {"scheduledEventsProfile": profile}})).await.ok();
    cloud.arm("POST", &format!("{stopped}/deallocate"), None).await.ok();
    cloud.arm("DELETE", &stopped, None).await.ok();
    assert_eq!(cloud.arm("GET", &stopped, None).await.status, 404);
}
