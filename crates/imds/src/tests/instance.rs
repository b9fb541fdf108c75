//! The instance document, whole and in parts.

use serde_json::json;

use super::described::described;
use crate::testing::{World, object};

#[tokio::test]
async fn the_whole_document() {
    let answer = described().await.get("/metadata/instance?api-version=2025-04-07").await;
    assert!(!answer.body.contains('\n'), "the wire form is one line");
    insta::assert_snapshot!(serde_json::to_string_pretty(&answer.json()).unwrap(), @r#"
    {
      "compute": {
        "additionalCapabilities": {
          "hibernationEnabled": "false"
        },
        "azEnvironment": "AzurePublicCloud",
        "customData": "",
        "evictionPolicy": "Delete",
        "extendedLocation": {
          "name": "",
          "type": ""
        },
        "host": {
          "id": "/h"
        },
        "hostGroup": {
          "id": ""
        },
        "isHostCompatibilityLayerVm": "false",
        "licenseType": "RHEL_BYOS",
        "location": "westeurope",
        "name": "vm-web-0",
        "offer": "sim-linux",
        "osProfile": {
          "adminUsername": "simadmin",
          "computerName": "vm-web-0",
          "disablePasswordAuthentication": "true"
        },
        "osType": "Linux",
        "physicalZone": "westeurope-AZ01",
        "placementGroupId": "",
        "plan": {
          "name": "p",
          "product": "q",
          "publisher": "simco"
        },
        "platformFaultDomain": "0",
        "platformSubFaultDomain": "",
        "platformUpdateDomain": "0",
        "priority": "Spot",
        "provider": "Microsoft.Compute",
        "publicKeys": [
          {
            "keyData": "ssh-rsa AAAA-made-up",
            "path": "/home/simadmin/.ssh/authorized_keys"
          }
        ],
        "publisher": "simco",
        "resourceGroupName": "rg-sim",
        "resourceId": "/subscriptions/5ab00000-0000-4000-8000-000000000001/resourceGroups/rg-sim/providers/Microsoft.Compute/virtualMachines/vm-web-0",
        "securityProfile": {
          "encryptionAtHost": "false",
          "secureBootEnabled": "true",
          "securityType": "TrustedLaunch",
          "virtualTpmEnabled": "true"
        },
        "sku": "24_04",
        "storageProfile": {
          "dataDisks": [
            {
              "bytesPerSecondThrottle": "",
              "caching": "None",
              "createOption": "Empty",
              "diskCapacityBytes": "",
              "diskSizeGB": "64",
              "image": {
                "uri": ""
              },
              "isSharedDisk": "false",
              "isUltraDisk": "false",
              "lun": "0",
              "managedDisk": {
                "id": "",
                "storageAccountType": "Premium_LRS"
              },
              "name": "data0",
              "opsPerSecondThrottle": "",
              "vhd": {
                "uri": ""
              },
              "writeAcceleratorEnabled": "false"
            },
            {
              "bytesPerSecondThrottle": "8000000",
              "caching": "None",
              "createOption": "Empty",
              "diskCapacityBytes": "4294967296",
              "diskSizeGB": "4",
              "image": {
                "uri": ""
              },
              "isSharedDisk": "false",
              "isUltraDisk": "true",
              "lun": "1",
              "managedDisk": {
                "id": "",
                "storageAccountType": "UltraSSD_LRS"
              },
              "name": "data1",
              "opsPerSecondThrottle": "500",
              "vhd": {
                "uri": ""
              },
              "writeAcceleratorEnabled": "false"
            },
            {
              "bytesPerSecondThrottle": "",
              "caching": "None",
              "createOption": "Attach",
              "diskCapacityBytes": "274877906944",
              "diskSizeGB": "256",
              "image": {
                "uri": ""
              },
              "isSharedDisk": "true",
              "isUltraDisk": "true",
              "lun": "2",
              "managedDisk": {
                "id": "/subscriptions/5ab00000-0000-4000-8000-000000000001/resourceGroups/rg-sim/providers/Microsoft.Compute/disks/shared",
                "storageAccountType": "UltraSSD_LRS"
              },
              "name": "shared",
              "opsPerSecondThrottle": "900",
              "vhd": {
                "uri": ""
              },
              "writeAcceleratorEnabled": "false"
            }
          ],
          "imageReference": {
            "communityGalleryImageId": "",
            "exactVersion": "",
            "id": "",
            "offer": "sim-linux",
            "publisher": "simco",
            "sharedGalleryImageId": "",
            "sku": "24_04",
            "version": "latest"
          },
          "osDisk": {
            "caching": "ReadWrite",
            "createOption": "FromImage",
            "diffDiskSettings": {
              "option": ""
            },
            "diskSizeGB": "30",
            "encryptionSettings": {
              "diskEncryptionKey": {
                "secretUrl": "",
                "sourceVault": {
                  "id": ""
                }
              },
              "enabled": "false",
              "keyEncryptionKey": {
                "keyUrl": "",
                "sourceVault": {
                  "id": ""
                }
              }
            },
            "image": {
              "uri": ""
            },
            "managedDisk": {
              "id": "",
              "storageAccountType": "Premium_LRS"
            },
            "name": "os0",
            "osType": "Linux",
            "vhd": {
              "uri": ""
            },
            "writeAcceleratorEnabled": "false"
          },
          "resourceDisk": {
            "size": "16777216"
          }
        },
        "subscriptionId": "5ab00000-0000-4000-8000-000000000001",
        "tags": "env:dev;owner:sim",
        "tagsList": [
          {
            "name": "env",
            "value": "dev"
          },
          {
            "name": "owner",
            "value": "sim"
          }
        ],
        "userData": "c2lt",
        "version": "24.04.202601010",
        "virtualMachineScaleSet": {
          "id": "/subscriptions/5ab00000-0000-4000-8000-000000000001/resourceGroups/rg-sim/providers/Microsoft.Compute/virtualMachineScaleSets/flex"
        },
        "vmId": "0c1d2e3f-0000-4000-8000-00000000abcd",
        "vmScaleSetName": "flex",
        "vmSize": "Standard_D2s_v5",
        "zone": "1"
      },
      "network": {
        "interface": [
          {
            "ipv4": {
              "ipAddress": [
                {
                  "privateIpAddress": "10.4.0.7",
                  "publicIpAddress": "203.0.113.9"
                },
                {
                  "privateIpAddress": "10.4.0.8",
                  "publicIpAddress": ""
                }
              ],
              "subnet": [
                {
                  "address": "10.4.0.0",
                  "prefix": "24"
                }
              ]
            },
            "ipv6": {
              "ipAddress": [
                {
                  "privateIpAddress": "fd00::7"
                }
              ]
            },
            "macAddress": "000D3A1B2C3D"
          },
          {
            "ipv4": {
              "ipAddress": [
                {
                  "privateIpAddress": "10.5.0.4",
                  "publicIpAddress": ""
                }
              ],
              "subnet": [
                {
                  "address": "10.5.0.0",
                  "prefix": "16"
                }
              ]
            },
            "ipv6": {
              "ipAddress": []
            },
            "macAddress": "000D3A1B2C3E"
          }
        ]
      }
    }
    "#);
}

#[tokio::test]
async fn a_bare_vm_has_every_member_too() {
    let world = World::new(false, &[]).await;
    let compute = world.get("/metadata/instance/compute?api-version=2025-04-07").await.json();
    assert_eq!(
        (&compute["vmSize"], &compute["osType"], &compute["tagsList"]),
        (&json!(""), &json!("Linux"), &json!([]))
    );
    world.change_vm(|vm| vm.spec = object(json!({"osProfile": {"windowsConfiguration": {}}}))).await;
    let compute = world.get("/metadata/instance/compute?api-version=2025-04-07").await.json();
    assert_eq!(
        (&compute["osType"], &compute["osProfile"]["disablePasswordAuthentication"]),
        (&json!("Windows"), &json!(""))
    );
}

#[tokio::test]
async fn parts_and_leaves() {
    let world = described().await;
    for (path, format, expected) in [
        ("/instance/compute/location", "text", "westeurope"),
        ("//instance/compute/location/", "text", "westeurope"),
        ("/instance/compute/tags", "text", "env:dev;owner:sim"),
        ("/instance/compute/tagsList", "json", r#"[{"name":"env","value":"dev"},{"name":"owner","value":"sim"}]"#),
        ("/instance/compute/tagsList/1", "text", "name\nvalue"),
        ("/instance/compute/plan", "", r#"{"name":"p","product":"q","publisher":"simco"}"#),
        ("/instance/network/interface/0/ipv4/ipAddress/0/privateIpAddress", "text", "10.4.0.7"),
        ("/instance/network/interface/1/ipv4/subnet/0/prefix", "TEXT", "16"),
        ("/instance/network/interface", "text", "0/\n1/"),
        ("/instance", "text", "compute/\nnetwork/"),
        ("", "text", "instance/"),
    ] {
        let format = if format.is_empty() { String::new() } else { format!("&format={format}") };
        let answer = world.get(&format!("/metadata{path}?api-version=2021-02-01{format}")).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, expected), "{path}");
        let kind = if format.to_lowercase().ends_with("text") {
            "text/plain; charset=utf-8"
        } else {
            "application/json; charset=utf-8"
        };
        assert_eq!(answer.headers["content-type"], kind, "{path}");
    }
}

#[tokio::test]
async fn versions_are_told_without_a_version() {
    let body = World::new(false, &[]).await.get("/metadata/versions").await.json();
    let versions = body["apiVersions"].as_array().unwrap();
    assert_eq!((&versions[0], &versions[versions.len() - 1]), (&json!("2017-03-01"), &json!("2025-04-07")));
}
