//! The little XML that the answers of AWS's older services need.

/// The contents of every `<name>` in an answer, outermost first; enough for the flat lists of CloudFormation and SNS.
#[must_use]
pub fn elements(xml: &str, name: &str) -> Vec<String> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let parts = xml.split(&open).skip(1);
    parts
        .filter_map(|part| part.split_once(&close))
        .map(|(content, _)| unescape(content))
        .collect()
}

/// The content of the first `<name>`.
#[must_use]
pub fn element(xml: &str, name: &str) -> Option<String> {
    elements(xml, name).into_iter().next()
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::elements;

    #[test]
    fn the_contents_of_repeated_elements_are_found_in_order() {
        assert_eq!(elements("<a><b>1</b><b>2 &amp; 3</b></a>", "b"), ["1", "2 & 3"]);
    }
}
