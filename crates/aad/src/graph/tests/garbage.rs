//! Whatever is asked, Graph answers, and with an error of the client's.

use std::sync::LazyLock;

use proptest::prelude::*;
use tokio::runtime::Runtime;

use crate::graph::in_process::{ADMINISTRATOR, Cloud};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
static CLOUD: LazyLock<Cloud> = LazyLock::new(|| RUNTIME.block_on(Cloud::new()));

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn status(option: &str, text: &str) -> u16 {
    let path = format!("/v1.0/servicePrincipals?%24{option}={}", encoded(text));
    RUNTIME.block_on(CLOUD.ask_as(ADMINISTRATOR, "GET", &path, None)).status.as_u16()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_text_is_answered(option in "filter|search|orderby|top|select|skiptoken|count", text in ".{0,80}") {
        prop_assert!(status(&option, &text) < 500);
    }

    #[test]
    fn any_words_of_filters_are_answered(
        words in prop::collection::vec("displayName|tags|and|or|not|eq|ne|in|any|all|startswith|[()':,/]|'a'|1|null", 0..40)
    ) {
        prop_assert!(status("filter", &words.join(" ")) < 500);
    }

    #[test]
    fn any_path_is_answered(path in "(/v1.0|/beta)?(/[a-zA-Z$()'=.%25]{0,12}){0,5}", verb in "GET|POST|PATCH|DELETE|PUT") {
        // What is no URI never reaches a server.
        if path.starts_with('/') && path.parse::<axum::http::Uri>().is_ok() {
            prop_assert!(RUNTIME.block_on(CLOUD.ask_as(ADMINISTRATOR, &verb, &path, None)).status.as_u16() < 500);
        }
    }
}

#[test]
fn depth_and_size_have_an_end() {
    for (filter, expected) in [
        (format!("{}accountEnabled{}", "(".repeat(20), ")".repeat(20)), 200),
        (format!("{}accountEnabled{}", "(".repeat(2000), ")".repeat(2000)), 400),
        (format!("{}accountEnabled", "not ".repeat(2000)), 200),
        (vec!["accountEnabled"; 700].join(" or "), 400),
        (format!("displayName in ({}'x')", "'x',".repeat(2000)), 400),
    ] {
        assert_eq!(status("filter", &filter), expected, "{}", &filter[..60]);
    }
}
