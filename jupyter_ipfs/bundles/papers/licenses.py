"""``LICENSE`` of a bundle, by its SPDX identifier."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyter_ipfs.words.foreign import one_line

if TYPE_CHECKING:
    from jupyter_ipfs.bundles.format.manifest import Manifest

# Names as the SPDX license list has them, and where each text is.
NAMES = {
    "Apache-2.0": ("Apache License 2.0", "https://www.apache.org/licenses/LICENSE-2.0"),
    "BSD-2-Clause": (
        'BSD 2-Clause "Simplified" License',
        "https://opensource.org/license/bsd-2-clause",
    ),
    "BSD-3-Clause": (
        'BSD 3-Clause "New" or "Revised" License',
        "https://opensource.org/license/bsd-3-clause",
    ),
    "CC-BY-4.0": (
        "Creative Commons Attribution 4.0 International",
        "https://creativecommons.org/licenses/by/4.0/",
    ),
    "CC-BY-SA-4.0": (
        "Creative Commons Attribution Share Alike 4.0 International",
        "https://creativecommons.org/licenses/by-sa/4.0/",
    ),
    "CC-BY-NC-4.0": (
        "Creative Commons Attribution Non Commercial 4.0 International",
        "https://creativecommons.org/licenses/by-nc/4.0/",
    ),
    "CC0-1.0": (
        "Creative Commons Zero v1.0 Universal",
        "https://creativecommons.org/publicdomain/zero/1.0/",
    ),
    "GPL-3.0-or-later": (
        "GNU General Public License v3.0 or later",
        "https://www.gnu.org/licenses/gpl-3.0.html",
    ),
    "MIT": ("MIT License", "https://opensource.org/license/mit"),
    "MPL-2.0": ("Mozilla Public License 2.0", "https://www.mozilla.org/MPL/2.0/"),
}

_MIT = """Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""
_BSD_HEAD = """Redistribution and use in source and binary forms, with or without
modification, are permitted provided that the following conditions are met:

1. Redistributions of source code must retain the above copyright notice, this
   list of conditions and the following disclaimer.

2. Redistributions in binary form must reproduce the above copyright notice,
   this list of conditions and the following disclaimer in the documentation
   and/or other materials provided with the distribution.
"""
_BSD_THIRD = """
3. Neither the name of the copyright holder nor the names of its contributors
   may be used to endorse or promote products derived from this software
   without specific prior written permission.
"""
_BSD_TAIL = """
THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS"
AND ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
"""
_TEXTS = {
    "MIT": f"MIT License\n\n{{copyright}}\n\n{_MIT}",
    "BSD-2-Clause": f"BSD 2-Clause License\n\n{{copyright}}\n\n{_BSD_HEAD}{_BSD_TAIL}",
    "BSD-3-Clause": f"BSD 3-Clause License\n\n{{copyright}}\n\n{_BSD_HEAD}{_BSD_THIRD}{_BSD_TAIL}",
}
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]{0,63}")


def text(manifest: Manifest) -> bytes | None:
    """Return the file, or ``None`` if the author has chosen no licence.

    Short licences are there in full, long ones by name and address, as their own notices are.
    """
    identifier = manifest.license
    if not identifier:
        return None
    holders = ", ".join(one_line(author) for author in manifest.authors) or "the authors"
    parts = ["Copyright (c)", manifest.created_at[:4], holders]
    line = " ".join(part for part in parts if part)
    if identifier in _TEXTS:
        return _TEXTS[identifier].format(copyright=line).encode(errors="replace")
    name, address = NAMES.get(identifier, ("", url(identifier)))
    called = f"{name} ({one_line(identifier)})" if name else one_line(identifier)
    where = f"\nIts text: {address}\n" if address else ""
    return f"{line}\n\nLicensed under: {called}\n{where}".encode(errors="replace")


def url(identifier: str) -> str:
    """Return where a licence's text is, or nothing if that is no SPDX identifier."""
    known = NAMES.get(identifier)
    if known:
        return known[1]
    return (
        f"https://spdx.org/licenses/{identifier}.html" if _IDENTIFIER.fullmatch(identifier) else ""
    )
