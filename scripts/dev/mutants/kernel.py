# SPDX-License-Identifier: GPL-2.0-only
"""The folder in which mutants are built, one after the other.

It is a copy of a kernel's build folder, never that folder itself. Before each build the
objects of all files that are mutated are put back, so that a build that was killed leaves
no mutant behind.
"""
import os
import shutil
import subprocess
import time

from errors import Broke
from source import FILES, compile_command

HERE = os.path.dirname(os.path.abspath(__file__))


class Kernel:
    """TREE as it was built in PRISTINE, and a copy of that at BUILD."""

    def __init__(self, tree, pristine, build):
        self.tree, self.pristine, self.build = tree, pristine, build
        self.log = build + ".log"
        self.files = [file for file in FILES if os.path.exists(os.path.join(tree, file))]

    def prepare(self):
        """Makes the copy, unless it is there and of the same kernel."""
        mark = os.path.join(self.build, ".labyrinth-copied")
        key = f"{self.pristine}\n{os.stat(os.path.join(self.pristine, 'vmlinux')).st_mtime_ns}\n"
        if os.path.exists(mark):
            with open(mark, encoding="utf-8") as kept:
                if kept.read() == key:
                    return
        shutil.rmtree(self.build, ignore_errors=True)
        os.makedirs(os.path.dirname(self.build), exist_ok=True)
        self._run(["cp", "-a", "--reflink=auto", self.pristine, self.build])
        for name in (".labyrinth-ready", ".labyrinth-origin", "build.log"):
            path = os.path.join(self.build, name)
            if os.path.exists(path):
                os.remove(path)
        with open(mark, "w", encoding="utf-8") as kept:
            kept.write(key)

    @staticmethod
    def _run(command, **options):
        done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
        if done.returncode:
            raise Broke(f"{' '.join(command[:2])}: {done.stderr.strip()[-300:]}")

    def _restore(self):
        for file in self.files:
            folder, name = os.path.split(file[:-2])
            for object_file in (f"{folder}/{name}.o", f"{folder}/.{name}.o.cmd"):
                shutil.copy2(os.path.join(self.pristine, object_file), os.path.join(self.build, object_file))

    def _compiled(self, file, text):
        """The object that the compiler makes of TEXT as FILE, or None with what it says
        in the log. Not the object that is linked, on which objtool works too."""
        changed, made = self.build + ".c", self.build + ".o"
        with open(changed, "wb") as out:
            out.write(text)
        command = [word for word in compile_command(self.pristine, file)
                   if word != "ccache" and not word.startswith("-Wp,")]
        command[command.index("-o") + 1] = made
        # Paths that the object has are those of the original.
        command[-1] = changed
        command += [f"-fmacro-prefix-map={changed}={file}", "-I", os.path.join(self.tree, os.path.dirname(file))]
        with open(self.log, "wb") as log:
            done = subprocess.run(command, cwd=self.pristine, stdout=log, stderr=log, check=False)
        if done.returncode:
            return None
        subprocess.run(["objcopy", "--remove-section=.comment", "--strip-debug", made], check=True)
        with open(made, "rb") as out:
            return out.read()

    def compiles_to_same(self, mutant):
        """True if the compiler makes the same code of it, None if it refuses it."""
        code = self._compiled(mutant.file, mutant.changed())
        if code is None:
            return None
        return code == self._compiled(mutant.file, mutant.source.text)

    def make(self, mutant):
        """Builds it: seconds that took, or None with why not in the log."""
        start = time.monotonic()
        self._restore()
        changed = self.build + ".c"
        with open(changed, "wb") as out:
            out.write(mutant.changed())
        with open(self.log, "wb") as log:
            done = subprocess.run([f"{HERE}/build.sh", self.tree, self.build, mutant.file, changed],
                                  stdout=log, stderr=log, check=False, close_fds=False)
        if done.returncode == 2 or done.returncode == 3:
            raise Broke(f"building a mutant: {self.log}")
        if done.returncode:
            return None
        if self.build_id() == build_id(os.path.join(self.pristine, "vmlinux")):
            raise Broke(f"{mutant.name}: the kernel that was built is the one without it; see {self.log}")
        return time.monotonic() - start

    def build_id(self):
        """Of the kernel that was built last."""
        return build_id(os.path.join(self.build, "vmlinux"))


def build_id(vmlinux):
    """Of a kernel, in hexadecimal, as results have it too."""
    done = subprocess.run(["readelf", "-n", vmlinux], capture_output=True, text=True, check=False)
    for line in done.stdout.splitlines():
        if "Build ID:" in line:
            return line.split()[-1]
    raise Broke(f"{vmlinux} has no build id")
