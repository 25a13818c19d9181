"""What the page of a bundle says of itself: HTML of ours, with places for texts."""

from __future__ import annotations

HEAD = """<div class="note">
<p>This is a <strong>bundle</strong>: a notebook, what it read, its environment and what came of
it, under one content identifier (CID). The page is for reading; nothing on it runs.</p>
<p><strong>Your browser has checked none of it.</strong> Whether it is <em>intact</em>, who it is
<em>signed by</em>, and whether it was <em>reproduced</em>: see <a href="#open">how to check
it</a>.</p>
</div>
<nav aria-label="Parts"><a href="notebook.ipynb">The notebook</a><a href="#inputs">Inputs</a>
<a href="#environment">Environment</a><a href="#open">Open, check, run</a></nav>"""

INPUTS_HEAD = """<div class="scroll" tabindex="0" role="region" aria-label="Inputs">
<table class="wide"><thead><tr><th>Path</th><th>Size</th><th>How it is known</th><th>CID</th></tr>
</thead><tbody>"""
INPUTS_TAIL = "</tbody></table></div>"

WAYS = """<h2 id="open">Open, check, run</h2>
<p>With the link or the file that you were given:</p>
<pre tabindex="0">pip install jupyter_ipfs
jupyter ipfs open ipfs://…        # who signed it, what is in it, how much of it is intact
jupyter ipfs reproduce ipfs://…   # runs it again, and says of each cell what came out</pre>
<dl>
<dt><em>intact</em></dt><dd>the bytes match the CID, and how many of them were compared</dd>
<dt><em>signed by</em></dt><dd>which key vouches for it, and whether you have met it before</dd>
<dt><em>reproduced</em></dt><dd>this report, on this machine, by this signer</dd>
<dt><em>trusted</em></dt><dd>you have allowed it to run; opening never does that</dd>
</dl>
<p>Running it is running someone else's code: in isolation where your computer can, and only after
you have agreed.</p>"""

FOOTER = """<footer>{name} · made by jupyter_ipfs, bundle format 1 ·
<a href="provenance.json">provenance</a> · <a href="ro-crate-metadata.json">RO-Crate</a> ·
<a href="bundle.json">bundle.json</a> · <a href="CITATION.cff">how to cite it</a></footer>"""
