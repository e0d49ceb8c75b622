//! One process, seen as a whole.

use std::path::Path;

use serde::Serialize;

use super::{
    capabilities::Capabilities,
    cgroups::Limits,
    ids::Ids,
    look::Process,
    masks::Masks,
    mountinfo::{self, Mount},
    namespaces::{Host, Namespaces, Whose},
    network,
    root::Root,
    row::Row,
    seccomp::Seccomp,
    shared::{self, Folder},
    surface::{self, Opening},
    verdict::Summary,
    who,
};

/// From where we look: with what things are compared.
pub struct Viewpoint {
    pub host: Host,
    /// Where the host's root can be seen, and its mounts, if they can.
    root: Option<&'static Path>,
    mounts: Option<Vec<Mount>>,
    /// Whether we see all control groups.
    groups: bool,
}

impl Viewpoint {
    pub fn look(ours: &Process) -> Viewpoint {
        let host = Host::look(ours);
        let own = Namespaces::look(ours, &host);
        let outside = own.whose("mnt") == Whose::Host;
        let mounts = ours.text("mountinfo").ok().filter(|_| outside);
        Viewpoint {
            host,
            root: outside.then_some(Path::new("/")),
            mounts: mounts.map(|text| mountinfo::mounts(&text)),
            groups: own.whose("cgroup") == Whose::Host,
        }
    }
}

/// What was read about a process.
pub struct Subject {
    pub pid: i32,
    pub is_kernel: bool,
    pub has_ended: bool,
    pub namespaces: Namespaces,
    pub ids: Ids,
    pub capabilities: Capabilities,
    pub seccomp: Seccomp,
    pub limits: Limits,
    pub root: Root,
    pub masks: Option<Masks>,
    pub folders: Option<Vec<Folder>>,
}

impl Subject {
    fn look(process: &Process, from: &Viewpoint) -> Subject {
        let namespaces = Namespaces::look(process, &from.host);
        let root = Root::look(process, from.root);
        Subject {
            pid: process.pid,
            is_kernel: process.is_kernel_thread(),
            has_ended: process.has_ended(),
            ids: Ids::look(process, namespaces.has_our_users(&from.host)),
            namespaces,
            capabilities: Capabilities::look(process),
            seccomp: Seccomp::look(process),
            limits: Limits::look(process, from.groups),
            masks: Masks::look(&root),
            folders: shared::look(&root, from.mounts.as_deref()),
            root,
        }
    }

    fn rows(&self, process: &Process) -> Vec<Row> {
        let user = self.namespaces.whose("user");
        let files = [
            self.root.rows(),
            vec![shared::row(&self.root, self.folders.as_deref())],
            Masks::rows(self.masks.as_ref()),
        ];
        [
            ("Who", who::rows(process, &self.ids)),
            ("Namespaces", self.namespaces.rows()),
            ("Users", self.ids.map_rows()),
            ("Capabilities", self.capabilities.rows(user)),
            ("System calls", self.seccomp.rows()),
            ("Control groups", self.limits.rows()),
            ("Files", files.concat()),
            ("Network", network::rows(process)),
        ]
        .into_iter()
        .flat_map(|(group, rows)| rows.into_iter().map(move |row| Row { group, ..row }))
        .collect()
    }
}

/// What is shown of a process. This is also its shape in JSON.
#[derive(Serialize)]
pub struct Picture {
    pub pid: i32,
    pub rows: Vec<Row>,
    pub open: Vec<Opening>,
    pub summary: Summary,
    #[serde(skip)]
    pub namespaces: Namespaces,
}

impl Picture {
    pub fn take(process: &Process, from: &Viewpoint) -> Picture {
        let subject = Subject::look(process, from);
        let rows = subject.rows(process);
        // Neither can do anything that a container could keep it from.
        let nothing = subject.is_kernel || subject.has_ended;
        let open = if nothing { Vec::new() } else { surface::openings(&subject) };
        let unreadable = rows.iter().filter(|row| row.is_denied()).count();
        let summary = Summary::of(&subject, &open, unreadable);
        Picture { pid: process.pid, rows, open, summary, namespaces: subject.namespaces }
    }
}
