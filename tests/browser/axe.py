"""axe-core for the browser tests: one version, its digest pinned, fetched once and kept for good.

`make deps` and `make check` run this file; with the file in place no network is asked. It lives in
$XDG_CACHE_HOME/lurewatch-tests (~/.cache), outside the tree: 640 kB of somebody else's script.
"""

import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.request

VERSION = '4.14.1'
TARBALL = 'https://registry.npmjs.org/axe-core/-/axe-core-%s.tgz' % VERSION
SHA256 = '29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c'  # of axe.min.js


def path():
    home = os.environ.get('XDG_CACHE_HOME') or os.path.join(os.path.expanduser('~'), '.cache')
    return os.path.join(home, 'lurewatch-tests', 'axe-core-%s.min.js' % VERSION)


def is_whole(script):
    return hashlib.sha256(script).hexdigest() == SHA256


def by_npm():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(['npm', 'pack', '--silent', 'axe-core@' + VERSION], cwd=folder, check=True, timeout=120,
                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        with open(os.path.join(folder, 'axe-core-%s.tgz' % VERSION), 'rb') as packed:
            return packed.read()


def by_address():
    with urllib.request.urlopen(TARBALL, timeout=60) as answer:
        return answer.read(16 << 20)


def fetch():
    packed = by_npm() if shutil.which('npm') else by_address()
    with tarfile.open(fileobj=io.BytesIO(packed)) as files:
        script = files.extractfile('package/axe.min.js').read()
    if not is_whole(script):
        raise ValueError('axe-core %s has another digest than the pinned one' % VERSION)
    os.makedirs(os.path.dirname(path()), exist_ok=True)
    part = path() + '.part%d' % os.getpid()
    with open(part, 'wb') as out:
        out.write(script)
    os.replace(part, path())
    return script


def source():
    """The script, as text. Raises where it is not here and cannot be had: that is a failed test."""
    try:
        with open(path(), 'rb') as kept:
            script = kept.read()
        if is_whole(script):
            return script.decode()
    except FileNotFoundError:
        pass
    try:
        return fetch().decode()
    except Exception as why:
        raise AssertionError('axe-core %s is neither at %s nor to be had: %s' % (VERSION, path(), why)) from why


if __name__ == '__main__':
    try:
        source()
    except AssertionError as error:
        print('make deps: %s' % error, file=sys.stderr)
