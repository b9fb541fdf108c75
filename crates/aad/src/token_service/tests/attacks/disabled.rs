//! Clients that an administrator switched off.

use model::DirectoryObject;
use serde_json::json;

use super::super::people::{ADA_NAME, PASSWORD, WEB, peopled, query, refusal};
use crate::testing::{APP, APP_PRINCIPAL, HOST, SECRET};

#[tokio::test]
async fn a_client_that_is_switched_off_gets_nothing() {
    for switch in ["accountEnabled", "isDisabled of the principal", "isDisabled of the application"] {
        let world = peopled().await;
        let mut tx = world.aad.store.begin().await;
        let mut principal = tx.service_principal(APP_PRINCIPAL).unwrap().clone();
        let mut application = tx.application_by_app_id(APP).unwrap().clone();
        match switch {
            "accountEnabled" => principal.account_enabled = false,
            "isDisabled of the principal" => drop(principal.other.insert("isDisabled".to_owned(), json!(true))),
            _ => drop(application.other.insert("isDisabled".to_owned(), json!(true))),
        }
        tx.put_object(DirectoryObject::ServicePrincipal(principal));
        tx.put_object(DirectoryObject::Application(application));
        tx.commit().await.unwrap();
        let app = APP.to_string();
        let scope = ("scope", "https://graph.microsoft.com/.default");
        let client = [("client_id", app.as_str()), ("client_secret", SECRET), scope];
        let in_its_own_name = [client.as_slice(), &[("grant_type", "client_credentials")]].concat();
        let password = [("grant_type", "password"), ("username", ADA_NAME), ("password", PASSWORD)];
        let for_a_person = [client.as_slice(), &password].concat();
        for form in [in_its_own_name, for_a_person] {
            assert_eq!(refusal(&world.post("v2", &form).await), "400 unauthorized_client 7000112", "{switch}");
        }
        let asked = [("client_id", app.as_str()), ("response_type", "code"), ("redirect_uri", WEB), scope];
        let page = world.get(HOST, &query(&asked)).await;
        assert!(page.text.contains("AADSTS7000112") && !page.text.contains("<form"), "{switch}: {}", page.text);
    }
}
