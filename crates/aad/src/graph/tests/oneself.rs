//! What people change of themselves.

use model::DirectoryObject;
use serde_json::{Value, json};

use crate::graph::in_process::{ADMINISTRATOR, AUDIENCE, Cloud, MACHINE, PERSON};

/// Makes Ada a member or a guest, with the password `old`.
async fn ada(cloud: &Cloud, user_type: &str) {
    let mut tx = cloud.aad.store.begin().await;
    let mut user = tx.user(PERSON).unwrap().clone();
    user.password_hash = Some(tokens::password_hash("old", [1; 16]));
    user.other.insert("userType".to_owned(), json!(user_type));
    tx.put_object(DirectoryObject::User(user));
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn people_say_who_they_are_and_not_what_they_may() {
    let cloud = Cloud::new().await;
    let charles = json!({"displayName": "Charles", "userPrincipalName": "charles@smalt.example", "mailNickname": "c",
        "accountEnabled": true, "passwordProfile": {"password": "Test1234!!"}});
    let charles =
        format!("https://graph.microsoft.com/v1.0/users/{}", cloud.post("/v1.0/users", charles).await.text("id"));
    for user_type in ["Member", "Guest"] {
        ada(&cloud, user_type).await;
        for (says, name) in [(json!({}), "any client"), (json!({"scp": "User.ReadWrite"}), "User.ReadWrite")] {
            let token = cloud.token_that_says(PERSON, AUDIENCE, &says);
            for (verb, path, body, expected) in [
                ("PATCH", "", json!({"mobilePhone": "1", "businessPhones": ["2"], "aboutMe": "a"}), 204),
                ("PATCH", "", json!({"skills": ["maths"], "@odata.type": "#microsoft.graph.user"}), 204),
                ("PATCH", "", json!({"userType": "Member"}), 403),
                ("PATCH", "", json!({"accountEnabled": true}), 403),
                ("PATCH", "", json!({"userPrincipalName": "eve@smalt.example"}), 403),
                ("PATCH", "", json!({"passwordProfile": {"password": "Another1234!!"}}), 403),
                ("PATCH", "", json!({"aboutMe": "a", "displayName": "Eve"}), 403),
                ("PATCH", "", json!({"manager@odata.bind": charles}), 403),
                ("PUT", "/manager/$ref", json!({"@odata.id": charles}), 403),
                ("DELETE", "/manager/$ref", Value::Null, 403),
                ("DELETE", "", Value::Null, 403),
            ] {
                for own in ["/v1.0/me".to_owned(), format!("/v1.0/users/{PERSON}")] {
                    let sent = (!body.is_null()).then(|| body.clone());
                    let reply = cloud.ask_with(&token, verb, &format!("{own}{path}"), sent).await;
                    let status = reply.status.as_u16();
                    assert_eq!(status, expected, "{user_type}, {name}: {verb} {own}{path} {body}: {}", reply.body);
                }
            }
            let other = format!("/v1.0/directoryObjects/{PERSON}");
            assert_eq!(cloud.ask_with(&token, "DELETE", &other, None).await.status.as_u16(), 403);
        }
    }
    let me = cloud.ask_as(PERSON, "GET", "/v1.0/me?$select=skills,userType,displayName", None).await;
    assert_eq!((&me.body["skills"], me.text("userType")), (&json!(["maths"]), "Guest".to_owned()));
}

#[tokio::test]
async fn people_change_their_password_by_the_old_one() {
    let cloud = Cloud::new().await;
    for (says, status) in [
        (json!({"scp": "User.ReadWrite"}), 403),
        (json!({"scp": "User.ReadWrite.All"}), 403),
        (json!({"scp": "Directory.AccessAsUser.All"}), 204),
        (json!({"scp": "User-PasswordProfile.ReadWrite.All"}), 204),
    ] {
        for user_type in ["Member", "Guest"] {
            ada(&cloud, user_type).await;
            let token = cloud.token_that_says(PERSON, AUDIENCE, &says);
            let change = json!({"currentPassword": "old", "newPassword": "new"});
            let reply = cloud.ask_with(&token, "POST", "/v1.0/me/changePassword", Some(change)).await;
            assert_eq!(reply.status.as_u16(), status, "{says}: {}", reply.body);
            let hash = cloud.aad.store.read().user(PERSON).unwrap().password_hash.clone().unwrap();
            assert!(tokens::is_password(if status == 204 { "new" } else { "old" }, &hash), "{says}");
        }
    }
}

#[tokio::test]
async fn nobody_changes_a_password_without_knowing_it() {
    let cloud = Cloud::new().await;
    ada(&cloud, "Member").await;
    let change = |current: &str| json!({"currentPassword": current, "newPassword": "new"});
    let others = format!("/v1.0/users/{PERSON}/changePassword");
    for (caller, path, body, status, code) in [
        (PERSON, "/v1.0/me/changePassword", change("guess"), 400, "Request_BadRequest"),
        (PERSON, "/v1.0/me/changePassword", json!({"currentPassword": "old"}), 400, "Request_BadRequest"),
        (PERSON, "/v1.0/me/changePassword", json!({"newPassword": "new"}), 400, "Request_BadRequest"),
        (ADMINISTRATOR, &others, change("old"), 403, "Authorization_RequestDenied"),
        (MACHINE, &others, change("old"), 403, "Authorization_RequestDenied"),
        (MACHINE, "/v1.0/me/changePassword", change("old"), 400, "BadRequest"),
    ] {
        let reply = cloud.ask_as(caller, "POST", path, Some(body.clone())).await;
        assert_eq!((reply.status.as_u16(), reply.code()), (status, code), "{caller} {path} {body}");
    }
    let hash = cloud.aad.store.read().user(PERSON).unwrap().password_hash.clone().unwrap();
    assert!(tokens::is_password("old", &hash));
}
