// SPDX-License-Identifier: GPL-2.0-only
/*
 * report/style.c - the style sheet of the report: light, dark, print.
 *
 * Colours are the palette of Okabe and Ito, which people with colour vision
 * deficiency can tell apart, with the yellow darkened for white and the blues
 * lightened for black. rgb(1,1,1) and so on are the colours that plot.c gave
 * gnuplot as place holders.
 */
#include "report.h"

const char lab_page_style[] =
	":root{color-scheme:light dark;--bg:#fff;--ink:#1a1a1a;--dim:#5c5c5c;"
	"--line:#d5d5d5;--soft:#f4f4f2;--good:#0b7a4b;--bad:#b3261e;--warn:#8a5a00;"
	"--s1:#0072b2;--s2:#d55e00;--s3:#009e73;--s4:#b0468f;--s5:#8a7400;--s6:#3d8fc4;"
	"--s7:#7a4a12;--s8:#555}\n"
	"@media(prefers-color-scheme:dark){:root{--bg:#16181b;--ink:#e6e6e3;"
	"--dim:#a3a39e;--line:#3a3d42;--soft:#1f2226;--good:#5fd39b;--bad:#ff8a80;"
	"--warn:#f0b860;--s1:#5ab4ee;--s2:#ff8f4a;--s3:#3fd0a4;--s4:#e58cc4;"
	"--s5:#e0cc4a;--s6:#9bd1f5;--s7:#d9a066;--s8:#aaa}}\n"
	"@media print{:root{--bg:#fff;--ink:#000;--dim:#333;--line:#bbb;--soft:#f4f4f2;"
	"--good:#064;--bad:#a00;--warn:#640;--s1:#0072b2;--s2:#d55e00;--s3:#009e73;"
	"--s4:#b0468f;--s5:#8a7400;--s6:#3d8fc4;--s7:#7a4a12;--s8:#555}"
	"nav{display:none}section{break-inside:auto}.plot,tr,pre{break-inside:avoid}"
	"h2,h3{break-after:avoid}details>*{display:block}}\n"
	"*{box-sizing:border-box}\n"
	"body{margin:0 auto;max-width:62rem;padding:1rem;background:var(--bg);"
	"color:var(--ink);font:1rem/1.5 system-ui,sans-serif}\n"
	"h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0}"
	"h2{font-size:1.2rem;margin:2.2rem 0 .5rem;padding-top:.6rem;"
	"border-top:1px solid var(--line)}h3{font-size:1rem;margin:1.2rem 0 .3rem}\n"
	"p{max-width:46rem;margin:.4rem 0}a{color:var(--s1)}"
	"code,pre,.num{font-family:ui-monospace,monospace;font-size:.9em}\n"
	"nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1rem;padding:0}"
	"nav{font-size:.9rem}\n"
	".dim{color:var(--dim)}.good{color:var(--good)}.bad{color:var(--bad)}"
	".warn{color:var(--warn)}.verdict{font-weight:700}\n"
	".head{border-left:.4rem solid var(--dim);padding:.3rem .9rem;"
	"background:var(--soft);margin:.8rem 0}.head.pass{border-color:var(--good)}"
	".head.fail{border-color:var(--bad)}.head.broken{border-color:var(--warn)}\n"
	".wide{overflow-x:auto;margin:.5rem 0}table{border-collapse:collapse;"
	"font-size:.9rem;min-width:min(100%,34rem)}th .dim{font-weight:400}caption{text-align:left;color:var(--dim);padding:.2rem 0}\n"
	"section.wide table{min-width:52rem}\n"
	"th,td{padding:.15rem .55rem;text-align:left;vertical-align:top;"
	"border-bottom:1px solid var(--line)}td.n,td.num,th.num{text-align:right;"
	"white-space:nowrap}thead th{border-bottom:2px solid var(--line)}\n"
	".heat td{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap;"
	"background:color-mix(in srgb,var(--s2) calc(var(--lost)*.6%),var(--bg))}"
	".heat td.none{color:var(--dim);background:none}\n"
	"pre{overflow-x:auto;background:var(--soft);padding:.6rem;margin:.4rem 0}"
	"details{margin:.4rem 0}summary{cursor:pointer;color:var(--dim)}\n"
	".plot{overflow-x:auto;margin:.4rem 0}.plot svg{display:block;width:100%;"
	"min-width:38rem;height:auto}\n"
	".plot [fill='rgb(0,0,0)'],.plot [fill=black]{fill:var(--ink)}"
	".plot [color=black]{color:var(--ink)}.plot [color=white]{color:var(--bg)}"
	".plot [stroke='rgb(  0,   0,   0)']{stroke:var(--dim)}"
	".plot [stroke='rgb( 10,  10,  10)']{stroke:var(--line)}\n"
#define SERIES(n)                                                          \
	".plot [stroke='rgb(  " n ",   " n ",   " n ")']{stroke:var(--s" n \
	")}.plot [color='rgb(  " n ",   " n ",   " n ")']{color:var(--s" n \
	")}.plot [fill='rgb(  " n ",   " n ",   " n ")']{fill:var(--s" n ")}"
	SERIES("1") SERIES("2") SERIES("3") SERIES("4") SERIES("5") SERIES("6")
		SERIES("7") SERIES("8") "\n";
