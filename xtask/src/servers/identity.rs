//! As whom a server runs. PostgreSQL and Dovecot refuse to serve as root, so root steps down.

use std::os::unix::fs::chown;
use std::path::Path;
use std::process::Command;

use anyhow::Context;

use crate::program;

/// A user of this machine.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Its name, for configuration files.
    pub user: String,
    /// The name of its first group.
    pub group: String,
    ids: Option<(u32, u32)>,
}

impl Identity {
    /// The first of `names` that this machine has, when we are root; else ourselves.
    pub fn instead_of_root(names: &[&str]) -> anyhow::Result<Self> {
        let passwd = std::fs::read_to_string("/etc/passwd").context("/etc/passwd can't be read")?;
        let groups = std::fs::read_to_string("/etc/group").context("/etc/group can't be read")?;
        let me = rustix::process::geteuid();
        if !me.is_root() {
            return Self::find(&passwd, &groups, |entry| entry.uid == me.as_raw(), false)
                .context("who we are is not written in /etc/passwd");
        }
        names
            .iter()
            .find_map(|name| Self::find(&passwd, &groups, |entry| entry.name == *name, true))
            .with_context(|| format!("none of the users {} exists on this machine", names.join(", ")))
    }

    fn find(passwd: &str, groups: &str, wanted: impl Fn(&Entry) -> bool, step_down: bool) -> Option<Self> {
        let entry = passwd.lines().filter_map(Entry::read).find(wanted)?;
        let group = groups.lines().find_map(|line| {
            let mut fields = line.split(':');
            let name = fields.next()?;
            (fields.nth(1)?.parse() == Ok(entry.gid)).then(|| name.to_owned())
        })?;
        let ids = step_down.then_some((entry.uid, entry.gid));
        Some(Self { user: entry.name.to_owned(), group, ids })
    }

    /// A command that starts `program` as this user and ends with us even if we are killed.
    pub fn command(&self, program: &Path) -> anyhow::Result<Command> {
        let mut command = Command::new(program::SETPRIV.find()?);
        command.arg("--pdeathsig=TERM");
        if let Some((uid, gid)) = self.ids {
            command.arg(format!("--reuid={uid}")).arg(format!("--regid={gid}")).arg("--clear-groups");
        }
        command.arg("--").arg(program);
        // It may not be allowed to stand in the folder where we were started.
        command.current_dir("/");
        Ok(command)
    }

    /// Gives `path` to this user.
    pub fn own(&self, path: &Path) -> anyhow::Result<()> {
        if let Some((uid, gid)) = self.ids {
            chown(path, Some(uid), Some(gid))
                .with_context(|| format!("{} can't be given to {}", path.display(), self.user))?;
        }
        Ok(())
    }
}

struct Entry<'a> {
    name: &'a str,
    uid: u32,
    gid: u32,
}

impl<'a> Entry<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let mut fields = line.split(':');
        let name = fields.next()?;
        Some(Self { name, uid: fields.nth(1)?.parse().ok()?, gid: fields.next()?.parse().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str =
        "root:x:0:0:root:/root:/bin/bash\npostgres:x:101:104:P:/var/lib/postgresql:/bin/bash\n";
    const GROUP: &str = "root:x:0:\npostgres:x:104:\n";

    #[test]
    fn a_user_is_found_with_the_name_of_its_group() {
        let found = Identity::find(PASSWD, GROUP, |entry| entry.name == "postgres", true).expect("found");
        assert_eq!((found.user.as_str(), found.group.as_str()), ("postgres", "postgres"));
        assert_eq!(found.ids, Some((101, 104)));
    }

    #[test]
    fn the_command_steps_down_and_keeps_its_arguments_apart() {
        let found = Identity::find(PASSWD, GROUP, |entry| entry.name == "postgres", true).expect("found");
        let command = found.command(Path::new("/bin/true")).expect("setpriv is there");
        let arguments: Vec<_> = command.get_args().filter_map(|argument| argument.to_str()).collect();
        assert_eq!(
            arguments,
            ["--pdeathsig=TERM", "--reuid=101", "--regid=104", "--clear-groups", "--", "/bin/true"]
        );
    }
}
