//! A VM's metadata service.

use cloud::Cloud;

use super::{Shape, Table, stored};

#[tokio::test]
async fn a_metadata_service() {
    let cloud = Cloud::start().await;
    let group = cloud.make_group("rg").await;
    let machine = cloud.make_vm(&group, "vm1").await;
    let before = stored(&cloud).await;
    let origin = format!("http://{}", cloud.imds_address(&machine));
    let token = "/metadata/identity/oauth2/token";
    let mut table = Table::new();
    for (shape, method, path) in [
        (Shape::Metadata, "GET", "/metadata/instance".to_owned()),
        (Shape::Metadata, "GET", "/metadata/instance?api-version=latest".to_owned()),
        (Shape::Metadata, "GET", "/metadata/instance/nothing?api-version=2021-02-01".to_owned()),
        (Shape::Metadata, "GET", "/metadata/instance/compute/name?api-version=2021-02-01".to_owned()),
        (Shape::Metadata, "GET", "/metadata/instance?api-version=2021-02-01&format=xml".to_owned()),
        (Shape::Metadata, "GET", "/metadata/instance%2Fcompute?api-version=2021-02-01".to_owned()),
        (Shape::Metadata, "GET", "/metadata/nothing?api-version=2021-02-01".to_owned()),
        (Shape::Metadata, "GET", "/".to_owned()),
        (Shape::Metadata, "POST", "/metadata/instance?api-version=2021-02-01".to_owned()),
        (Shape::Metadata, "FOO", "/metadata/instance?api-version=2021-02-01".to_owned()),
        (Shape::Identity, "GET", token.to_owned()),
        (Shape::Identity, "GET", format!("{token}?api-version=1999-01-01&resource=r")),
        (Shape::Identity, "GET", format!("{token}?api-version=2018-02-01")),
        (Shape::Identity, "GET", format!("{token}?api-version=2018-02-01&resource=r")),
        (Shape::Identity, "GET", format!("{token}?api-version=2018-02-01&resource=r&resource=s")),
        (Shape::Identity, "GET", format!("{token}?api-version=2018-02-01&resource=r&client_id=a&object_id=b")),
        (Shape::Identity, "GET", format!("{token}?api-version=2018-02-01&resource=r&bypass_cache=yes")),
        (Shape::Identity, "POST", format!("{token}?api-version=2018-02-01&resource=r")),
        (Shape::Identity, "PUT", format!("{token}?api-version=2018-02-01&resource=r")),
    ] {
        let request = cloud.http.request(method.parse().unwrap(), format!("{origin}{path}")).header("Metadata", "true");
        table.refused(shape, &format!("{method} {path}"), request).await;
    }
    let instance = format!("{origin}/metadata/instance?api-version=2021-02-01");
    table.refused(Shape::Metadata, "no Metadata header", cloud.http.get(&instance)).await;
    table.refused(Shape::Metadata, "Metadata: false", cloud.http.get(&instance).header("Metadata", "false")).await;
    for (header, value) in [("X-Forwarded-For", "10.0.0.1"), ("Host", "rebound.example")] {
        let request = cloud.http.get(&instance).header("Metadata", "true").header(header, value);
        table.refused(Shape::Metadata, &format!("{header}: {value}"), request).await;
    }
    assert_eq!(stored(&cloud).await, before, "something was stored");
    insta::assert_snapshot!("metadata", table.text);
}
