"""How the page of a bundle looks: one style sheet, for light and dark, wide and narrow."""

from __future__ import annotations

import base64
import hashlib

STYLE = """
:root{color-scheme:light dark;--ground:#fff;--paper:#f6f7f9;--ink:#1c2128;--quiet:#59636e;
--line:#d5dae1;
--accent:#0a5f73;--code:#f6f8fa;--error:#a3162a;--error-ground:#fff1f1;--keyword:#7a1fa2;
--string:#1a6b30;
--comment:#626c77;--number:#8a4b00;--input:#0a5f73;--cell:#5b4bb5;--output:#8a4b00}
@media (prefers-color-scheme:dark){:root{--ground:#14171c;--paper:#1b1f26;--ink:#e3e7ec;
--quiet:#9aa5b1;
--line:#343b45;--accent:#5cc5dc;--code:#1b1f26;--error:#ff9ba6;--error-ground:#2c1a1e;
--keyword:#d6a3f0;
--string:#8ad29f;--comment:#93a0ad;--number:#f0b36a;--input:#5cc5dc;--cell:#b1a6f5;
--output:#f0b36a}
.plot{background:#fff;border-radius:4px}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.6 system-ui,-apple-system,
"Segoe UI",sans-serif}
.page{max-width:58rem;margin:0 auto;padding:2rem 1.25rem 4rem}
a{color:var(--accent)}a:focus-visible,summary:focus-visible{outline:2px solid var(--accent);
outline-offset:2px}
h1{font-size:1.9rem;line-height:1.25;margin:0 0 .4rem}h2{font-size:1.35rem;margin:2rem 0 .6rem}
h3{font-size:1.12rem;margin:1.6rem 0 .4rem}h4,h5,h6{font-size:1rem;margin:1.2rem 0 .3rem}
h1,h2,h3,h4,h5,h6,p,li,td,th,dd,a{overflow-wrap:anywhere;unicode-bidi:isolate}
p{margin:.6rem 0}.quiet,figcaption,caption{color:var(--quiet)}
header{border-bottom:1px solid var(--line);padding-bottom:1.2rem;margin-bottom:1.6rem}
.by{color:var(--quiet);margin:.2rem 0}.by span+span::before{content:" · "}
.note{background:var(--paper);border:1px solid var(--line);border-left:4px solid var(--accent);
border-radius:4px;
padding:.6rem 1rem;margin:1rem 0}
.note p{margin:.3rem 0}
nav{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;margin-top:1rem}
code,pre,kbd,samp,.count{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,
"DejaVu Sans Mono",monospace;font-size:.875rem}
code{background:var(--code);border-radius:3px;padding:.1em .3em}
pre{background:var(--code);border:1px solid var(--line);border-radius:4px;padding:.7rem .9rem;
margin:.5rem 0;overflow:auto;
line-height:1.5;tab-size:4}
pre code{background:none;padding:0}
.math{font-family:"STIX Two Math","Cambria Math",serif;font-style:italic}
.cell{margin:1.3rem 0}.cell>pre{border-left:3px solid var(--accent)}
.count{color:var(--quiet);font-size:.78rem;display:flex;gap:.8rem;flex-wrap:wrap}
.output{margin:.5rem 0 .5rem .9rem;overflow:auto}.output pre{background:none;border:0;
padding:.2rem 0;max-height:40rem}
.output.error pre{background:var(--error-ground);color:var(--error);
border:1px solid var(--error);padding:.7rem .9rem}
.output.stderr pre{background:var(--error-ground);padding:.4rem .9rem}
img{max-width:100%;height:auto}
blockquote{border-left:3px solid var(--line);margin:.6rem 0;padding:.1rem 0 .1rem 1rem;
color:var(--quiet)}
.scroll{overflow:auto}
table{border-collapse:collapse;margin:.6rem 0;font-size:.9rem}
th,td{border-bottom:1px solid var(--line);padding:.3rem .7rem;text-align:left;vertical-align:top}
thead th{border-bottom:2px solid var(--line)}.output td,.output th{text-align:right;
white-space:nowrap}
td.size{text-align:right;white-space:nowrap}
table.wide{width:100%;min-width:46rem}table.wide td:first-child{
min-width:9rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1.2rem;margin:.6rem 0}dt{
color:var(--quiet)}dd{margin:0}
details{margin:.6rem 0}summary{cursor:pointer}
.k{color:var(--keyword)}.s{color:var(--string)}.c{color:var(--comment);font-style:italic}.n{
color:var(--number)}
footer{border-top:1px solid var(--line);margin-top:3rem;padding-top:1rem;color:var(--quiet);
font-size:.9rem}
@media (max-width:34rem){.page{padding:1.2rem .9rem 3rem}h1{font-size:1.5rem}dl{
grid-template-columns:1fr;gap:0}
dd{margin-bottom:.5rem}.output{margin-left:0}}
@media print{pre,.output pre{white-space:pre-wrap;max-height:none}nav{display:none}}
"""


def policy(*styles: str) -> str:
    """Return the page's Content-Security-Policy: these styles, pictures beside it, nothing else."""
    digests = (base64.b64encode(hashlib.sha256(each.encode()).digest()) for each in styles)
    allowed = " ".join(f"'sha256-{digest.decode()}'" for digest in digests)
    return (
        f"default-src 'none'; style-src {allowed}; img-src 'self' file: data:; "
        "base-uri 'none'; form-action 'none'"
    )
