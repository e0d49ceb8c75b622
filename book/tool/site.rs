//! What the server answers: a path of a URL in, a reply out.

use std::{
    path::{Component, Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use percent_encoding::percent_decode_str;

/// Where a page asks which edition is current.
const EDITION: &str = "/__edition";

/// One build of the book.
#[derive(Default)]
pub struct Edition {
    /// The time of the build in ms since 1970, so that it differs from those of an earlier server; 0: not built yet.
    number: u128,
    pages: Option<PathBuf>,
}

/// What goes back to the browser.
pub struct Reply {
    pub status: u16,
    pub content_type: &'static str,
    pub body: Vec<u8>,
}

impl Edition {
    /// The edition in this directory, built just now.
    pub fn of(pages: PathBuf) -> Edition {
        let number = SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |since| since.as_millis());
        Edition { number, pages: Some(pages) }
    }

    /// The reply to `GET path`.
    pub fn reply(&self, path: &str) -> Reply {
        if path == EDITION {
            return Reply::text(200, &self.number.to_string());
        }
        let Some(pages) = &self.pages else {
            return self.page(503, b"<body>The book is not built yet: see the terminal.</body>".to_vec());
        };
        let found = file_name(path).and_then(|name| Some((content_type(&name), read(pages, &name)?)));
        match found {
            // The print page opens the print dialog whenever it is loaded, so it stays as it is.
            Some((HTML, html)) if !path.ends_with("/print.html") => self.page(200, html),
            Some((content_type, body)) => Reply { status: 200, content_type, body },
            None => self.page(404, read(pages, Path::new("404.html")).unwrap_or_default()),
        }
    }

    /// A page that reloads itself when a newer edition is out.
    fn page(&self, status: u16, html: Vec<u8>) -> Reply {
        Reply { status, content_type: HTML, body: with_reload(html, self.number) }
    }
}

impl Reply {
    /// A line of plain text.
    pub fn text(status: u16, line: &str) -> Reply {
        Reply { status, content_type: TEXT, body: line.into() }
    }
}

const HTML: &str = "text/html; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";

fn content_type(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => HTML,
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("webp") => "image/webp",
        Some("woff2") => "font/woff2",
        Some("txt") => TEXT,
        _ => "application/octet-stream",
    }
}

/// The file that a URL's path names, relative to the pages. `None` for what would lead out of them: `..`,
/// also when written `%2e%2e`, and an absolute path after the first slash.
fn file_name(path: &str) -> Option<PathBuf> {
    let decoded = percent_decode_str(path.strip_prefix('/')?).decode_utf8().ok()?;
    let name = Path::new(decoded.as_ref());
    let inside = name.components().all(|part| matches!(part, Component::Normal(_)));
    let index = decoded.is_empty() || decoded.ends_with('/');
    inside.then(|| if index { name.join("index.html") } else { name.to_path_buf() })
}

fn read(pages: &Path, name: &Path) -> Option<Vec<u8>> {
    fs_err::read(pages.join(name)).ok()
}

/// Put the script before `</body>`. It asks once a second: simpler than a channel held open, and on
/// one's own machine nobody feels it.
fn with_reload(html: Vec<u8>, number: u128) -> Vec<u8> {
    let script = format!(
        "<script>setInterval(async () => {{
            const reply = await fetch('{EDITION}').catch(() => null);
            if (reply?.ok && await reply.text() !== '{number}') location.reload();
        }}, 1000);</script>\n"
    );
    let Some(end) = html.windows(7).rposition(|tag| tag == b"</body>") else { return html };
    [&html[..end], script.as_bytes(), &html[end..]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_a_file_inside() {
        assert_eq!(file_name("/"), Some("index.html".into()));
        assert_eq!(file_name("/css/general.css"), Some("css/general.css".into()));
        assert_eq!(file_name("/images/"), Some("images/index.html".into()));
        assert_eq!(file_name("/two%20words.svg"), Some("two words.svg".into()));
    }

    #[test]
    fn a_path_that_leads_out_is_refused() {
        for path in [
            "/../book.toml",
            "/css/../../book.toml",
            "/%2e%2e/book.toml",
            "/..%2fbook.toml",
            "//etc/passwd",
            "/%2Fetc/passwd",
            "book.toml",
            "/%ff",
        ] {
            assert_eq!(file_name(path), None, "{path}");
        }
    }

    #[test]
    fn what_the_browser_must_not_guess_has_its_type() {
        let of = |name: &str| content_type(Path::new(name));
        assert_eq!(of("index.html"), "text/html; charset=utf-8");
        assert_eq!(of("css/general-8e75d4c1.css"), "text/css; charset=utf-8");
        assert_eq!(of("book-1f2b.js"), "text/javascript; charset=utf-8");
        assert_eq!(of("picture.svg"), "image/svg+xml");
        assert_eq!(of("fonts/open-sans.woff2"), "font/woff2");
        assert_eq!(of(".nojekyll"), "application/octet-stream");
    }

    #[test]
    fn replies_come_from_the_directory() -> std::io::Result<()> {
        let pages = tempfile::tempdir()?;
        fs_err::write(pages.path().join("index.html"), "<body>one</body>")?;
        fs_err::write(pages.path().join("404.html"), "<body>lost</body>")?;
        let edition = Edition::of(pages.path().into());

        let home = edition.reply("/");
        let html = String::from_utf8_lossy(&home.body);
        assert_eq!((home.status, home.content_type), (200, HTML));
        assert!(
            html.starts_with("<body>one<script>") && html.contains(&edition.number.to_string()),
            "{html}"
        );

        let lost = edition.reply("/no-such-page.html");
        assert_eq!((lost.status, lost.body.starts_with(b"<body>lost")), (404, true));
        assert_eq!(edition.reply(EDITION).body, edition.number.to_string().as_bytes());
        Ok(())
    }

    #[test]
    fn before_the_first_build_a_page_waits_for_it() {
        let reply = Edition::default().reply("/ch01-process.html");
        assert_eq!(reply.status, 503);
        assert!(String::from_utf8_lossy(&reply.body).contains(EDITION));
    }
}
