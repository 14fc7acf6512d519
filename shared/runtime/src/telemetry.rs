//! Logs: one JSON object a line, which log queries read by field.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::Environment;

/// Starts logging. `LOG_LEVEL` chooses the least level; without it, `info`.
pub(crate) fn start(environment: &Environment) {
    let level = environment.optional("LOG_LEVEL").unwrap_or("info");
    let level = level.parse().unwrap_or(LevelFilter::INFO);
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_span_events(FmtSpan::NONE)
        .with_target(false)
        .with_ansi(false)
        .with_max_level(level)
        .finish();
    // A second start in the same process, as in a test, keeps the first.
    if tracing::subscriber::set_global_default(subscriber).is_err() {
        tracing::debug!("logging was started before");
    }
}

/// The W3C trace context of an X-Ray trace header, `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1`.
pub(crate) fn traceparent(xray: &str) -> Option<String> {
    let part = |name: &str| {
        xray.split(';')
            .find_map(|field| field.trim().strip_prefix(name)?.strip_prefix('='))
    };
    let root: String = part("Root")?.strip_prefix("1-")?.split('-').collect();
    let parent = part("Parent").unwrap_or("0000000000000001");
    let hex = |text: &str, length: usize| text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let flags = if part("Sampled") == Some("1") { "01" } else { "00" };
    (hex(&root, 32) && hex(parent, 16)).then(|| format!("00-{root}-{parent}-{flags}"))
}

#[cfg(test)]
mod tests {
    use super::traceparent;

    #[test]
    fn translates_trace_headers() {
        let header = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
        let expected = "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01";
        assert_eq!(traceparent(header).as_deref(), Some(expected));
        for nonsense in [
            "",
            "Root=",
            "Root=1-5759e988",
            "Root=1-zzzze988-bd862e3fe1be46a994272793",
        ] {
            assert_eq!(traceparent(nonsense), None);
        }
    }
}
