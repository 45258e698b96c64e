//! A document as one HTML file that needs nothing else: no script, no request, its own strict policy.

use super::blocks::{self, Block, Inline, Item, is_safe_link};

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;color:#15191e;background:#fff;max-width:70rem;margin:2rem auto;padding:0 1rem}\
table{border-collapse:collapse;margin:.75rem 0;width:100%}th,td{border:1px solid #c6ccd3;padding:.3rem .5rem;text-align:left;vertical-align:top}\
th{background:#f6f7f9}code,pre{font-family:ui-monospace,monospace;font-size:.9em}pre{background:#f6f7f9;padding:.75rem;overflow:auto;border:1px solid #e1e4e8}\
nav{display:flex;flex-wrap:wrap;gap:.25rem 1rem;padding-bottom:.5rem;border-bottom:1px solid #c6ccd3}\
blockquote{border-left:3px solid #c6ccd3;margin:0;padding-left:1rem;color:#4a5561}ul.tasks{list-style:none;padding-left:1rem}\
@media(prefers-color-scheme:dark){body{background:#0f1216;color:#e9edf1}th,pre{background:#171b21}th,td,pre{border-color:#3a434e}a{color:#86b4ff}}\
@media print{body{max-width:none;margin:0;background:#fff;color:#000}tr,pre{break-inside:avoid}}";

/// The whole page for a document's Markdown.
pub fn html(title: &str, markdown: &str) -> String {
    page(title, &[], markdown)
}

/// The same with ways to the pages beside it: their files and titles.
pub(super) fn page(title: &str, ways: &[(String, &str)], markdown: &str) -> String {
    let mut out = String::from("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.push_str("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n");
    out.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
    escape(title, &mut out);
    out.push_str("</title>\n<style>");
    out.push_str(STYLE);
    out.push_str("</style>\n</head>\n<body>\n");
    if !ways.is_empty() {
        out.push_str("<nav>");
        for (file, title) in ways {
            out.push_str("<a href=\"");
            escape(file, &mut out);
            out.push_str("\">");
            escape(title, &mut out);
            out.push_str("</a> ");
        }
        out.push_str("</nav>\n");
    }
    out.push_str("<main>\n");
    write_blocks(&blocks::read(markdown), &mut out);
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn write_blocks(blocks: &[Block], out: &mut String) {
    for block in blocks {
        write_block(block, out);
    }
}

fn write_block(block: &Block, out: &mut String) {
    match block {
        Block::Heading { level, text } => {
            out.push_str(&format!("<h{level}>"));
            write_inlines(text, out);
            out.push_str(&format!("</h{level}>\n"));
        }
        Block::Paragraph { text } => {
            out.push_str("<p>");
            write_inlines(text, out);
            out.push_str("</p>\n");
        }
        Block::List { start, items } => write_list(*start, items, out),
        Block::Table { head, rows } => {
            out.push_str("<table>\n<thead><tr>");
            for cell in head {
                out.push_str("<th scope=\"col\">");
                write_inlines(cell, out);
                out.push_str("</th>");
            }
            out.push_str("</tr></thead>\n<tbody>\n");
            for row in rows {
                out.push_str("<tr>");
                for cell in row {
                    out.push_str("<td>");
                    write_inlines(cell, out);
                    out.push_str("</td>");
                }
                out.push_str("</tr>\n");
            }
            out.push_str("</tbody>\n</table>\n");
        }
        Block::Code { text, .. } => {
            out.push_str("<pre><code>");
            escape(text, out);
            out.push_str("</code></pre>\n");
        }
        Block::Quote { blocks } => {
            out.push_str("<blockquote>\n");
            write_blocks(blocks, out);
            out.push_str("</blockquote>\n");
        }
        Block::Rule => out.push_str("<hr>\n"),
    }
}

fn write_list(start: Option<u64>, items: &[Item], out: &mut String) {
    let is_tasks = items.iter().any(|item| item.checked.is_some());
    let open = match start {
        Some(first) => format!("<ol start=\"{first}\">\n"),
        None if is_tasks => "<ul class=\"tasks\">\n".to_owned(),
        None => "<ul>\n".to_owned(),
    };
    out.push_str(&open);
    for item in items {
        out.push_str("<li>");
        match item.checked {
            Some(true) => out.push_str("<input type=\"checkbox\" checked disabled> "),
            Some(false) => out.push_str("<input type=\"checkbox\" disabled> "),
            None => {}
        }
        match item.blocks.as_slice() {
            [Block::Paragraph { text }, rest @ ..] => {
                write_inlines(text, out);
                write_blocks(rest, out);
            }
            blocks => write_blocks(blocks, out),
        }
        out.push_str("</li>\n");
    }
    out.push_str(if start.is_some() { "</ol>\n" } else { "</ul>\n" });
}

fn write_inlines(inlines: &[Inline], out: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text { text } => escape(text, out),
            Inline::Code { text } => wrapped("code", out, |out| escape(text, out)),
            Inline::Strong { text } => wrapped("strong", out, |out| write_inlines(text, out)),
            Inline::Emphasis { text } => wrapped("em", out, |out| write_inlines(text, out)),
            // A place or a deed of the interactive page is neither here.
            Inline::Link { to, text } if is_safe_link(to) && !to.starts_with('#') => {
                out.push_str("<a rel=\"noreferrer\" href=\"");
                escape(to, out);
                out.push_str("\">");
                write_inlines(text, out);
                out.push_str("</a>");
            }
            Inline::Link { text, .. } => write_inlines(text, out),
            Inline::Break => out.push_str("<br>"),
        }
    }
}

fn wrapped(tag: &str, out: &mut String, inside: impl FnOnce(&mut String)) {
    out.push_str(&format!("<{tag}>"));
    inside(out);
    out.push_str(&format!("</{tag}>"));
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_document_becomes_markup() {
        let page = html("<script>", "# <b>x</b>\n\n`<i>` [a](javascript:x) \"&\n\n| <td> |\n|---|\n| </table> |\n");
        for markup in ["<b>", "<i>", "<script>", "javascript:", "<td></td>"] {
            assert!(!page.contains(markup), "{markup} in {page}");
        }
        assert!(page.contains("&lt;/table&gt;"));
    }
}
