"""The blocks of docs/deploying.md, run twice in a copy of this system's files.

They run in a layer over the root's file system that is thrown away. The programs that reach beyond
files (apt-get, systemctl, curl) do nothing there, and PostgreSQL's answers come from a script;
.dev/boot runs the same blocks in a whole Debian.
"""

import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from scripts import CHECKOUT

NOTHING = "#!/bin/sh\n"
# Answers as psql does, and refuses what PostgreSQL would refuse.
POSTGRESQL = """#!/bin/sh
for word; do :; done
case $* in
  *'drop database assay'*) rm /srv/database ;;
  *pg_dump*|*--single-transaction*) [ -e /srv/database ]; exit ;;
esac
made() { [ ! -e "/srv/$1" ] && touch "/srv/$1"; }
case $word in
  'show ident_file') echo /srv/pg_ident.conf ;;
  'show hba_file') echo /srv/pg_hba.conf ;;
  select*pg_roles*) [ ! -e /srv/role ] || echo 1 ;;
  select*pg_database*) [ ! -e /srv/database ] || echo 1 ;;
  'create role '*) made role ;;
  'create database '*) made database ;;
  *) exit 1 ;;
esac
"""
# Makes an account once, as assay does, and lists what else it was asked for.
ASSAY = """#!/bin/sh
case "$1 $2" in
  'user add') [ ! -e /srv/account ] && touch /srv/account ;;
  *) echo "$*" >>/srv/asked ;;
esac
"""
# Everything that the blocks write, with owners, modes and contents.
LISTING = """
find /etc/assay /etc/nginx /etc/systemd /usr/share/assay /usr/lib/sysusers.d /usr/lib/tmpfiles.d \\
  /var/lib/assay /usr/bin/assay* /srv/pg* -printf '%p %U:%G %m %l\\n' | sort
find /etc/assay /etc/nginx /etc/passwd /etc/group /srv/pg* -type f -exec sha256sum {} + | sort
"""

# An installation as an earlier version of the page made it, with files.
OLD = """
useradd --system --uid 4242 --user-group assay
install -d -m 750 -o assay -g www-data /var/lib/assay /var/lib/assay/store
cd /var/lib/assay/store
install -d -m 750 -o assay -g www-data tmp blobs blobs/ab previews previews/ab
install -d -m 770 -o assay -g www-data incoming
install -d -m 770 -o www-data -g www-data arriving
install -m 640 -o assay -g www-data /dev/null blobs/ab/original
install -m 640 -o assay -g www-data /dev/null previews/ab/preview
install -m 660 -o www-data -g www-data /dev/null incoming/upload
mkdir -p /etc/assay
install -d -m 700 -o assay /etc/assay/secrets
for name in token.key link.key smtp.password; do
  openssl rand -hex 32 | install -m 600 -o assay /dev/stdin /etc/assay/secrets/$name
done
printf 'assay  %s  %s\\n' assay assay_app assay assay_worker assay-owner assay_owner \\
  root assay_owner >>/srv/pg_ident.conf
"""


def blocks(page):
    """The shell blocks of a page."""
    return re.findall(r"^```sh\n(.*?)^```$", (CHECKOUT / "docs" / page).read_text(), re.M | re.S)


class DeployingTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if os.geteuid() != 0:
            raise AssertionError("This test mounts a file system: run it as root.")

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(dir="/var/tmp"))
        self.addCleanup(shutil.rmtree, self.folder)
        for name in ("changes", "work", "root"):
            (self.folder / name).mkdir()
        changes = self.folder / "changes"
        programs = changes / "usr/local/sbin"
        programs.mkdir(parents=True)
        for name in ("apt-get", "systemctl", "curl"):
            self.write_program(programs / name, NOTHING)
        self.write_program(programs / "runuser", POSTGRESQL)
        copy = changes / "srv/copy"
        for name in ("sql", "nginx", "systemd"):
            shutil.copytree(CHECKOUT / name, copy / name)
        self.write_program(copy / ".build/release/assay", ASSAY)
        self.write_program(copy / ".build/release/assay-decode", NOTHING)
        (changes / "srv/pg_hba.conf").write_text("local all all peer\n")
        (changes / "srv/pg_ident.conf").write_text("# MAPNAME SYSTEM-USERNAME PG-USERNAME\n")

    @staticmethod
    def write_program(path, text):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def run_there(self, script, code=0):
        """Runs a script in the layer; returns its output."""
        mounts = """
            cd "$0"
            mount -t overlay -o lowerdir=/,upperdir=changes,workdir=work overlay root
            mount --rbind /proc root/proc
            mount --rbind /dev root/dev
            cd root/srv/copy && exec chroot ../../ bash -eu -o pipefail -c "cd /srv/copy; $1"
        """
        done = subprocess.run(
            ["unshare", "--mount", "bash", "-eu", "-c", mounts, self.folder, script],
            capture_output=True, text=True, check=False, env={
                "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
            stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout

    def run_block(self, text, answer="", code=0):
        (self.folder / "changes/srv/block").write_text(text)
        (self.folder / "changes/srv/answer").write_text(f"{answer}\n")
        return self.run_there("bash -eu -o pipefail /srv/block </srv/answer", code)

    def deploy(self):
        page = blocks("deploying.md")
        self.assertEqual(len(page), 3)
        self.assertEqual([number for number, text in enumerate(page) if "read -rsp" in text], [1])
        for number in (0, 2):
            self.run_block(page[number])
        return self.run_there(LISTING)

    def test_the_second_run_changes_nothing(self):
        self.deploy()
        self.run_there("echo ASSAY_THREADS=4 >>/etc/assay/assay.env; echo >/etc/assay/tls/key.pem")
        before = self.run_there(LISTING)
        self.assertEqual(self.deploy(), before)
        changes = self.folder / "changes"

        def read(path):
            return (changes / path).read_text()

        self.assertEqual(read("srv/pg_hba.conf").count("map=assay"), 1)
        self.assertEqual(len(re.findall("^assay ", read("srv/pg_ident.conf"), re.M)), 4)
        keys = [read(f"etc/assay/secrets/{name}.key").strip() for name in ("token", "link")]
        self.assertNotEqual(*keys)
        self.assertIn(keys[1], read("etc/assay/nginx-link.conf"))
        for path in ("assay.env", "nginx-link.conf", "tls/key.pem"):
            self.assertEqual((changes / "etc/assay" / path).stat().st_mode & 0o777, 0o600, path)

    def test_the_second_run_keeps_an_operators_choice(self):
        page = blocks("deploying.md")
        asked = self.folder / "changes/srv/asked"
        self.run_block(page[0])
        self.run_block(page[1], answer="the password")
        chosen = asked.read_text()
        self.assertRegex(chosen, "(?m)^sign-up invited$")
        self.assertRegex(chosen, "(?m)^quota --default ")
        self.run_block(page[1], answer="the password", code=1)
        self.assertEqual(asked.read_text(), chosen)
        # No other block makes this choice.
        self.run_block(page[0])
        self.run_block(page[2])
        self.assertNotRegex(asked.read_text().removeprefix(chosen), "sign-up|quota")

    def test_a_restore_gives_the_files_to_their_owners(self):
        page = blocks("restoring.md")
        self.assertEqual(len(page), 3)
        self.deploy()
        self.run_there("""
            cd /var/lib/assay/store && mkdir -p blobs/ab && touch store.id blobs/ab/original
            touch incoming/upload && mkdir -p /var/lib/assay-owner
        """)
        key = self.folder / "changes/etc/assay/secrets/link.key"
        before = key.read_text()
        self.run_block(page[0])
        self.run_there("cd /var/lib/assay/store && find . -mindepth 1 -delete")
        key.write_text("another\n")
        self.run_block(page[1])
        self.assertEqual(key.read_text(), before)
        self.run_block(page[2])
        worker, web, read = self.run_there(
            "id -u assay-worker; id -u www-data; getent group assay-web | cut -d: -f3").split()
        owners = self.run_there("find /var/lib/assay/store -printf '%U:%G %m %P\n'").splitlines()
        self.assertIn(f"{web}:{read} 2770 arriving", owners)
        self.assertIn(f"{worker}:{read} 2770 incoming", owners)
        for path in ("blobs/ab/original", "store.id", "incoming/upload"):
            self.assertIn(f"{worker}:{read} 644 {path}", owners)

    def test_a_new_link_key_reaches_nginx(self):
        self.deploy()
        link = self.folder / "changes/etc/assay/secrets/link.key"
        for block in blocks("secrets.md")[:2]:
            before = link.read_text()
            self.run_block(block)
        self.assertNotEqual(link.read_text(), before)
        self.assertIn(
            link.read_text().strip(),
            (self.folder / "changes/etc/assay/nginx-link.conf").read_text())

    def test_an_installation_with_one_user_becomes_one_with_several(self):
        page = blocks("upgrading.md")
        self.assertEqual(len(page), 2)
        self.run_there(OLD)
        self.run_block(page[0])
        self.run_block(blocks("deploying.md")[0])
        self.run_block(page[1])
        self.run_block(blocks("deploying.md")[-1])
        left = "find /etc/assay /var/lib/assay -user 4242; getent passwd assay || true"
        self.assertEqual(self.run_there(left), "")
        owners = self.run_there("find /var/lib/assay /etc/assay/secrets -printf '%U:%G %m %p\\n'")
        names = self.run_there("getent passwd assay-worker www-data; getent group assay assay-web")
        worker, web, service, read = [line.split(":")[2] for line in names.splitlines()]
        for line in (
                f"{worker}:{read} 750 /var/lib/assay/store",
                f"{worker}:{read} 640 /var/lib/assay/store/blobs/ab/original",
                f"{worker}:{read} 640 /var/lib/assay/store/previews/ab/preview",
                f"{web}:{read} 660 /var/lib/assay/store/incoming/upload",
                f"{worker}:{read} 2770 /var/lib/assay/store/incoming",
                f"0:{service} 750 /etc/assay/secrets",
                f"0:{service} 640 /etc/assay/secrets/token.key",
                f"0:{service} 640 /etc/assay/secrets/smtp.password"):
            self.assertIn(line, owners.splitlines())
        users = (self.folder / "changes/srv/pg_ident.conf").read_text()
        self.assertNotRegex(users, r"(?m)^assay\s+assay\s")
        self.assertEqual(len(re.findall("^assay ", users, re.M)), 4)


if __name__ == "__main__":
    unittest.main()
