//! Escapes of the markup languages. Control and deceptive characters are written out first.

use crate::model::Shown;

/// For HTML and XML, in text and in quoted attributes.
pub fn html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in Shown(text).to_string().chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// For a cell of a Markdown table: no markup of its own, no HTML, no bar.
pub fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in Shown(text).to_string().chars() {
        match character {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '!' | '~' => {
                escaped.push('\\');
                escaped.push(character);
            }
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // Or `@name` would call somebody.
            '@' => escaped.push_str("&#64;"),
            other => escaped.push(other),
        }
    }
    // A bare address becomes a link without any markup.
    escaped.replace("://", "&#58;//")
}

/// Inside a code span of a Markdown table.
pub fn code(text: &str) -> String {
    // Nothing can be escaped in a code span: take the two characters that could end it or the cell.
    format!("`{}`", Shown(text).to_string().replace('`', "'").replace('|', "\\|"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outside_text_stays_text() {
        assert_eq!(html("<b a='1'>&\u{1b}"), "&lt;b a=&#39;1&#39;&gt;&amp;\\u{1b}");
        assert_eq!(markdown("[a](http://b)|*c*"), "\\[a\\](http&#58;//b)\\|\\*c\\*");
        assert_eq!(code("a`b|c"), "`a'b\\|c`");
    }
}
