/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* How report.html looks: light or dark as the reader's system is, on paper too; nothing is loaded. */
#ifndef TESTS_REPORT_HTML_STYLE_H
#define TESTS_REPORT_HTML_STYLE_H

static const char html_style[] =
	":root{color-scheme:light dark;--bg:#fff;--fg:#1c2128;--dim:#59636e;--line:#d8dee4;--soft:#f4f6f8;"
	"--pass:#1a7f37;--fail:#cf222e;--warn:#9a6700;--info:#0969da;--skip:#6e7781}\n"
	"@media(prefers-color-scheme:dark){:root{--bg:#0d1117;--fg:#e6edf3;--dim:#8d96a0;--line:#30363d;"
	"--soft:#161b22;--pass:#3fb950;--fail:#f85149;--warn:#d29922;--info:#58a6ff;--skip:#8b949e}}\n"
	"*{box-sizing:border-box}body{margin:0 auto;padding:2rem 1.25rem 4rem;max-width:72rem;"
	"background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif}\n"
	"h1{font-size:1.6rem;margin:0}h2{font-size:1.2rem;margin:2.5rem 0 .75rem;"
	"border-bottom:1px solid var(--line);padding-bottom:.25rem}p{margin:.4rem 0}\n"
	".dim{color:var(--dim)}.small,small{font-size:.85rem}code,pre{font:13px/1.45 ui-monospace,"
	"monospace}pre{background:var(--soft);border-radius:6px;padding:.7rem .9rem;overflow:auto;"
	"margin:.6rem 0 0}\n"
	".headline{font-size:1.25rem;margin:.8rem 0}.bar{display:flex;height:.7rem;border-radius:.35rem;"
	"overflow:hidden;background:var(--soft);margin:.8rem 0}.bar span{min-width:3px}\n"
	".counts{display:flex;flex-wrap:wrap;gap:.5rem;padding:0;margin:0;list-style:none}"
	".counts li{border:1px solid var(--line);border-radius:8px;padding:.35rem .8rem;min-width:5.5rem}"
	".counts b{display:block;font-size:1.4rem;line-height:1.2}\n"
	"table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{text-align:left;"
	"vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid var(--line)}"
	"thead th{position:sticky;top:0;background:var(--bg)}td.n{text-align:right;"
	"font-variant-numeric:tabular-nums}td{overflow-wrap:anywhere}.scroll{overflow-x:auto}\n"
	".tag{display:inline-block;white-space:nowrap;font-size:.8rem;font-weight:600;"
	"padding:0 .5rem;border-radius:1rem;border:1px solid currentColor}\n"
	".case{border:1px solid var(--line);border-left:4px solid var(--skip);border-radius:6px;"
	"padding:.7rem 1rem;margin:.7rem 0;break-inside:avoid}.claim{font-weight:600;font-size:1.05rem}\n"
	".case.fail,.case.hang{border-left-color:var(--fail)}"
	".case.disputed,.case.known,.case.broken{border-left-color:var(--warn)}"
	".case.unproven{border-left-color:var(--info)}\n"
	".t-pass{color:var(--pass)}.t-fail,.t-hang{color:var(--fail)}"
	".t-disputed,.t-known,.t-broken{color:var(--warn)}.t-unproven{color:var(--info)}"
	".t-skip,.t-not-run,.t-unclaimed{color:var(--skip)}\n"
	".b-pass{background:var(--pass)}.b-fail,.b-hang{background:var(--fail)}"
	".b-disputed,.b-known,.b-broken{background:var(--warn)}.b-unproven{background:var(--info)}"
	".b-skip{background:var(--skip)}\n"
	"details{margin:.3rem 0}summary{cursor:pointer}nav a{margin-right:1rem}a{color:var(--info)}"
	".alert{border:1px solid var(--fail);color:var(--fail);border-radius:6px;padding:.5rem 1rem}\n"
	"@media print{body{max-width:none;padding:0}thead th{position:static}}\n";

#endif
