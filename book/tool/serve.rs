//! `serve`: the pages on 127.0.0.1, built again whenever a file they come from changes.

use std::{
    net::Ipv4Addr,
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
    thread,
    time::{Duration, Instant},
};

use clap::Args;
use mdbook_driver::errors::{Error, Result};
use oxhttp::{
    ListeningServer, Server,
    model::{
        Body, Method, Request, Response,
        header::{CACHE_CONTROL, CONTENT_TYPE},
    },
};

use crate::{
    build::{self, Output},
    complain, generate,
    site::{self, Edition},
    watch::Stamps,
};

const EXAMPLES: &str = "\
Examples:
  cargo run -p book -- serve --open
  cargo run -p book -- serve --port 8000

End it with Ctrl-C.";

/// How long a change may go unnoticed.
const PAUSE: Duration = Duration::from_millis(500);

/// Serve the book on 127.0.0.1 and build it again when a file changes
///
/// The browser reloads by itself after each build. A build that fails is reported here, and the server goes on.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Serve {
    /// Listen on this port of 127.0.0.1
    #[arg(short, long, default_value_t = 3000, value_parser = clap::value_parser!(u16).range(1..))]
    port: u16,

    #[command(flatten)]
    output: Output,
}

impl Serve {
    /// Serve until the user ends it.
    pub fn run(self) -> Result<()> {
        let edition = Arc::new(RwLock::new(Edition::default()));
        // The port first: a port that is taken is found out before the build. It serves until we end.
        let _server = listen(self.port, Arc::clone(&edition))?;
        let mut stamps = Stamps::take(build::workspace());
        rebuild(&edition, self.output.dest_dir.as_ref());

        let address = format!("http://127.0.0.1:{}/", self.port);
        anstream::println!("Serving the book at {address} (Ctrl-C ends it)");
        if self.output.open {
            build::open(address.as_ref());
        }
        loop {
            thread::sleep(PAUSE);
            let now = Stamps::take(build::workspace());
            if let Some(file) = now.changed_since(&stamps) {
                anstream::println!("Changed: {}", file.display());
                rebuild(&edition, self.output.dest_dir.as_ref());
            }
            stamps = now;
        }
    }
}

fn listen(port: u16, edition: Arc<RwLock<Edition>>) -> Result<ListeningServer> {
    let server = Server::new(move |request| respond(&edition, request)).bind((Ipv4Addr::LOCALHOST, port));
    server.spawn().map_err(|error| {
        Error::msg(format!("cannot listen on port {port}: {error}; choose another with --port"))
    })
}

/// Requests wait while this builds, because mdBook empties the directory first.
fn rebuild(edition: &RwLock<Edition>, dest_dir: Option<&PathBuf>) {
    let mut edition = edition.write().unwrap_or_else(PoisonError::into_inner);
    let start = Instant::now();
    let built =
        generate::write(build::workspace()).and_then(|_| build::build(dest_dir.map(PathBuf::as_path)));
    match built {
        Ok(pages) => {
            *edition = Edition::of(pages);
            anstream::println!("Built in {:.1} s", start.elapsed().as_secs_f32());
        }
        Err(error) => complain(format_args!("not built: {error:#}; waiting for the next change")),
    }
}

fn respond(edition: &RwLock<Edition>, request: &Request<Body>) -> Response<Body> {
    let reply = if request.method() == Method::GET {
        edition.read().unwrap_or_else(PoisonError::into_inner).reply(request.uri().path())
    } else {
        site::Reply::text(405, "This server answers GET only.")
    };
    Response::builder()
        .status(reply.status)
        .header(CONTENT_TYPE, reply.content_type)
        .header(CACHE_CONTROL, "no-store") // or a reload would show the page as it was
        .body(Body::from(reply.body))
        .expect("the status and both headers are our own constants")
}
