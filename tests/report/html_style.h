/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* How report.html looks: light or dark as the reader's system is, on paper too; nothing is loaded. */
#ifndef TESTS_REPORT_HTML_STYLE_H
#define TESTS_REPORT_HTML_STYLE_H

static const char html_style[] =
	":root{color-scheme:light dark;--bg:#fff;--fg:#1c2128;--dim:#59636e;--line:#d8dee4;--soft:#f4f6f8;"
	"--pass:#1a7f37;--fail:#cf222e;--warn:#9a6700;--info:#0969da;--skip:#8c959f}\n"
	"@media(prefers-color-scheme:dark){:root{--bg:#0d1117;--fg:#e6edf3;--dim:#8d96a0;--line:#30363d;"
	"--soft:#161b22;--pass:#3fb950;--fail:#f85149;--warn:#d29922;--info:#58a6ff;--skip:#6e7681}}\n"
	"*{box-sizing:border-box}body{margin:0 auto;padding:2rem 1.5rem 4rem;max-width:76rem;"
	"background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,sans-serif}\n"
	"h1{font-size:1.45rem;line-height:1.25;margin:0}h2{font-size:1.25rem;margin:2.75rem 0 .75rem;"
	"border-bottom:1px solid var(--line);padding-bottom:.3rem}p{margin:.4rem 0}table+p,details+p{margin-top:1.4rem}"
	"a{color:var(--info)}.dim{color:var(--dim)}.small,small{font-size:.85rem}\n"
	"code,pre{font:12.5px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,\"DejaVu Sans Mono\",monospace}"
	"pre{background:var(--soft);border-radius:6px;padding:.6rem .9rem;margin:.4rem 0;"
	"white-space:pre-wrap;overflow-wrap:anywhere}\n"
	/* The summary. */
	"header{border-bottom:1px solid var(--line);padding-bottom:1rem}.product{color:var(--dim);"
	"font-size:.85rem;letter-spacing:.08em;text-transform:uppercase;margin:0 0 .3rem}"
	".headline{font-size:1.2rem;margin:.7rem 0 1rem}nav a{margin-right:1.2rem}"
	".alert{border:1px solid var(--fail);color:var(--fail);border-radius:6px;padding:.5rem 1rem}\n"
	".bar{display:flex;height:.65rem;border-radius:.35rem;overflow:hidden;background:var(--soft)}"
	".bar span{min-width:3px}.counts{display:grid;grid-template-columns:repeat(auto-fit,"
	"minmax(6rem,1fr));gap:.5rem;padding:0;margin:.75rem 0 1.25rem;list-style:none}"
	".counts li{border:1px solid var(--line);border-radius:8px;padding:.4rem .8rem;"
	"color:var(--dim)}.counts b{display:block;font-size:1.5rem;line-height:1.2;font-weight:650;"
	"font-variant-numeric:tabular-nums}.counts .zero{opacity:.55}\n"
	"dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1.25rem;margin:0 0 1rem}"
	"dt{color:var(--dim)}dd{margin:0;overflow-wrap:anywhere}\n"
	/* Tables. */
	"table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{text-align:left;"
	"vertical-align:top;padding:.3rem .75rem .3rem 0;border-bottom:1px solid var(--line)}"
	"th{font-weight:600;color:var(--dim)}thead th{position:sticky;top:0;background:var(--bg)}"
	"td.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}"
	"td{overflow-wrap:anywhere}td.id,td.at{white-space:nowrap;overflow-wrap:normal}tr{break-inside:avoid}"
	".rules td:first-child{width:1%}"
	".rules td:last-child{width:40%}.rules .bar{margin-top:.45rem}.scroll{overflow-x:auto}\n"
	/* Cases. */
	".tag{display:inline-block;white-space:nowrap;font-size:.78rem;line-height:1.35;font-weight:600;"
	"padding:0 .5rem;border-radius:1rem;border:1px solid currentColor}a.tag{text-decoration:none}"
	".case{border:1px solid var(--line);border-left:4px solid var(--skip);border-radius:6px;"
	"padding:.7rem 1rem;margin:.7rem 0}.claim{font-weight:600;font-size:1.05rem;"
	"margin:0 0 .25rem}.one{border-top:1px solid var(--line);margin-top:.5rem;padding-top:.4rem;"
	"overflow-wrap:anywhere}\n"
	".case.fail,.case.hang{border-left-color:var(--fail)}"
	".case.disputed,.case.known,.case.broken{border-left-color:var(--warn)}"
	".case.unproven{border-left-color:var(--info)}:target{background:var(--soft)}\n"
	".t-pass{color:var(--pass)}.t-fail,.t-hang{color:var(--fail)}"
	".t-disputed,.t-known,.t-broken{color:var(--warn)}.t-unproven{color:var(--info)}"
	".t-skip,.t-not-tested,.t-unclaimed{color:var(--dim)}\n"
	".b-pass{background:var(--pass)}.b-fail,.b-hang{background:var(--fail)}"
	".b-disputed,.b-known,.b-broken{background:var(--warn)}.b-unproven{background:var(--info)}"
	".b-skip,.b-not-tested{background:var(--skip)}.b-unclaimed{background:var(--line)}\n"
	"details{margin:.25rem 0}summary{cursor:pointer;color:var(--dim)}"
	"summary:hover{color:var(--fg)}\n"
	/* Paper shows what a screen unfolds. */
	"@media print{:root{font-size:11px}body{max-width:none;padding:0;font-size:1rem}"
	"code,pre{font-size:9px}.claim,h2,h2+p{break-after:avoid}thead th{position:static}nav{display:none}"
	".bar,.tag,.case{print-color-adjust:exact;-webkit-print-color-adjust:exact}"
	"details::details-content{content-visibility:visible;block-size:auto}}\n";

#endif
