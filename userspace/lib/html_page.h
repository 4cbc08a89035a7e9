/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lib/html_page.h - the head of an HTML page of tables. The page is one file: it
 * loads nothing.
 */
#ifndef LAB_HTML_PAGE_H
#define LAB_HTML_PAGE_H

#define LAB_HTML_HEAD(title, style)                                           \
	"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n" \
	"<meta name=\"viewport\" content=\"width=device-width, "              \
	"initial-scale=1\">\n<title>" title "</title>\n<style>\n"             \
	":root { color-scheme: light dark; }\n"                               \
	"body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto;"        \
	" max-width: 72rem; padding: 1rem; }\n"                               \
	"section { overflow-x: auto; }\n"                                     \
	"table { border-collapse: collapse;"                                  \
	" font-variant-numeric: tabular-nums; }\n"                            \
	"th, td { border-bottom: 1px solid #8886; text-align: left;"          \
	" padding: .25rem .75rem .25rem 0; vertical-align: top; }\n"          \
	"td.n { text-align: right; white-space: nowrap; }\n"                  \
	"@media print { body { max-width: none; }"                            \
	" section { overflow: visible; } }\n" style "</style></head><body>\n"

#endif /* LAB_HTML_PAGE_H */
