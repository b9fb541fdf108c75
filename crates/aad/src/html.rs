//! Pages for people: plain HTML, without anything from elsewhere. Whatever others chose is escaped where it is put in.

use std::fmt::Write;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:28rem;margin:4rem auto;padding:0 1rem;color:#222}\
    h1{font-size:1.4rem;font-weight:600}button,input{font:inherit;padding:.5rem .7rem;margin:.2rem 0;width:100%;\
    box-sizing:border-box;text-align:left;border:1px solid #999;border-radius:3px;background:#fff}\
    button.go{background:#0067b8;color:#fff;border-color:#0067b8;text-align:center}\
    input[type=checkbox]{width:auto;margin:0 .4rem 0 0}small{color:#666;display:block}\
    .error{color:#a4262c}code{word-break:break-all}";

/// Text that means nothing but itself, between tags and inside quoted attributes.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// A whole page around `body`, which is HTML.
pub(crate) fn page(title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{}</title><style>{STYLE}</style></head>\n<body>\n{body}\n</body></html>\n",
        escaped(title)
    )
}

/// A hidden field of a form.
pub(crate) fn hidden(name: &str, value: &str) -> String {
    format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", escaped(name), escaped(value))
}

/// A form that posts itself to `address`; by hand where scripts do not run.
pub(crate) fn self_posting(address: &str, values: &[(&'static str, String)], script_nonce: &str) -> String {
    let fields: String = values.iter().map(|(name, value)| hidden(name, value)).collect();
    let body = format!(
        "<form method=\"post\" action=\"{}\" name=\"hiddenform\">{fields}<p>You are being taken back to the \
         application.</p><noscript><button class=\"go\">Continue</button></noscript></form>\
         <script nonce=\"{}\">document.forms[0].submit();</script>",
        escaped(address),
        escaped(script_nonce)
    );
    page("Working...", &body)
}

/// Values for the person to carry over.
pub(crate) fn shown(title: &str, values: &[(&'static str, String)]) -> String {
    let mut body = "<h1>Copy this to the application</h1>".to_owned();
    for (name, value) in values {
        let _ = write!(body, "<p>{}<br><code>{}</code></p>", escaped(name), escaped(value));
    }
    page(title, &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_chose_is_text() {
        let hostile = "\"><script>alert('1')</script>&";
        let drawn =
            [page(hostile, ""), self_posting(hostile, &[("state", hostile.to_owned())], "n"), hidden("a", hostile)];
        for html in drawn {
            assert!(!html.contains("<script>"), "{html}");
            assert!(html.contains("&lt;script&gt;alert(&#39;1&#39;)"), "{html}");
        }
    }
}
