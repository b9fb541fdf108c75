//! What came back.

use reqwest::RequestBuilder;
use reqwest::header::HeaderMap;
use serde_json::Value;

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as JSON; null where it is none.
    pub body: Value,
    /// The body as it came.
    pub text: String,
}

impl Answer {
    /// Sends a request.
    pub async fn of(request: RequestBuilder) -> Self {
        Self::of_attempt(request).await.unwrap()
    }

    /// Sends a request to something that may be gone.
    ///
    /// # Errors
    /// When nobody answers.
    pub async fn of_attempt(request: RequestBuilder) -> reqwest::Result<Self> {
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await?;
        Ok(Self { status, headers, body: serde_json::from_str(&text).unwrap_or_default(), text })
    }

    /// Itself, if it is a success.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert!((200..300).contains(&self.status), "not a success: {} {}", self.status, self.text);
        self
    }

    /// The error's code: Azure's `error.code`, or OAuth's `error`.
    #[must_use]
    pub fn code(&self) -> &str {
        self.body["error"]["code"].as_str().or_else(|| self.body["error"].as_str()).unwrap_or_default()
    }

    /// The error's text in either shape.
    #[must_use]
    pub fn message(&self) -> &str {
        let texts = [&self.body["error"]["message"], &self.body["error_description"]];
        texts.iter().find_map(|t| t.as_str()).unwrap_or_default()
    }

    /// `200`, or `403 AuthorizationFailed`.
    #[must_use]
    pub fn summary(&self) -> String {
        format!("{} {}", self.status, self.code()).trim_end().to_owned()
    }

    /// A header's text; empty where there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }
}
