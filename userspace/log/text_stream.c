// SPDX-License-Identifier: GPL-2.0-only
/*
 * log/text_stream.c - see log/text_stream.h.
 *
 * The buffer holds what is not yet decided on: [keep, length). In it, up to
 * `at` was searched or collected, and `at` is the start of line `number`.
 */
#include <ctype.h>
#include <string.h>

#include "lib/alloc.h"
#include "text_stream.h"

#define CHUNK ((size_t)1 << 18)
#define LINE_MAX_BYTES ((size_t)1 << 16)
#define LOOK_BACK_LINES 160
#define LOOK_BACK_BYTES ((size_t)1 << 15)
#define QUIET_LINES 120
#define BATCH_LINES 4000

struct lab_text_stream {
	lab_text_batch batch;
	void *data;
	char *text; /* CHUNK + LAB_STREAM_BATCH + LOOK_BACK_BYTES */
	size_t size, length;
	size_t at; /* the first byte that was not looked at */
	size_t start; /* of the batch, when collecting */
	size_t floor; /* what is before it was handed on */
	uint64_t number; /* of the line at `at` */
	uint64_t start_number;
	bool collecting;
	unsigned int quiet; /* lines since one that matters */
	size_t batch_lines;
	struct lab_text_line *line;
	size_t lines_room;
	enum { UNKNOWN, BYTES, UTF16_LE, UTF16_BE } encoding;
	char odd; /* half of a UTF-16 unit */
	bool has_odd;
};

/* Every report contains one of these, and few other lines do. */
static const char *const needles[] = {
	"lloc", /* allocation, allocate, vmalloc, cma_alloc */
	"Mem-",		"owmem_reserve", "oom-kill", "callbacks supp",
	"essages supp", "Linux ver",	 "SW-IOMMU", "swiotlb",
};

/*
 * Other programs' lines contain "lloc" as well. A line of a report that does
 * also contains one of these, even when it is wrapped.
 */
static const char *const precise[] = {
	"page alloc", "allocation fail", "allocation stall", "to allocate mem",
	"vmap alloc", "vmalloc",	 "cma_alloc",	     "ercpu: alloc",
};

/* What else a report's lines have: these keep a batch together. */
static const char *const kin[] = {
	"kB",	 "+0x",	    " pages",  "CPU: ",	      "Comm:",
	"comm:", "Trace:",  "_anon:",  "mode:",	      "IRQ>",
	"EOI>",	 "reserve", "object ", "slabs: ",     "order:",
	"DMA",	 "Normal",  "kernel:", "page alloca",
};

struct lab_text_stream *lab_text_stream_new(lab_text_batch batch, void *data)
{
	struct lab_text_stream *stream = xcheck(calloc(1, sizeof(*stream)));

	stream->batch = batch;
	stream->data = data;
	stream->number = 1;
	stream->size = 2 * CHUNK + LAB_STREAM_BATCH + LOOK_BACK_BYTES;
	stream->text = xcheck(malloc(stream->size));
	return stream;
}

static size_t count_lines(const char *text, size_t length)
{
	size_t i, n = 0;

	for (i = 0; i < length; i++)
		n += text[i] == '\n';
	return n;
}

/* The first needle in a text, NULL for none. */
static const char *find_needle(const char *text, size_t length)
{
	const char *first = NULL;
	size_t i;

	for (i = 0; i < sizeof(needles) / sizeof(needles[0]); i++) {
		const char *found =
			memmem(text, length, needles[i], strlen(needles[i]));

		if (!found)
			continue;
		first = found;
		length = (size_t)(found - text) + 1;
	}
	return first;
}

static bool has_any(const char *text, size_t length, const char *const *words,
		    size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (memmem(text, length, words[i], strlen(words[i])))
			return true;
	return false;
}

/* Whether the line that a needle was found in is really one that matters. */
static bool is_precise(const char *found, const char *line, const char *end)
{
	const char *eol = memchr(found, '\n', end - found);

	return memcmp(found, "lloc", 4) != 0 ||
	       has_any(line, (eol ? eol : end) - line, precise,
		       sizeof(precise) / sizeof(precise[0]));
}

static bool matters(const char *text, size_t length)
{
	return find_needle(text, length) ||
	       has_any(text, length, kin, sizeof(kin) / sizeof(kin[0]));
}

static void add_line(struct lab_text_stream *stream, size_t n,
		     const struct lab_text_line *line)
{
	if (n >= stream->lines_room) {
		stream->lines_room = n ? 2 * n : 256;
		stream->line =
			xcheck(reallocarray(stream->line, stream->lines_room,
					    sizeof(*stream->line)));
	}
	stream->line[n] = *line;
}

/* Hands on [start, at) and goes on searching. */
static void end_batch(struct lab_text_stream *stream, bool whole)
{
	const char *at = stream->text + stream->start;
	const char *end = stream->text + stream->at;
	uint64_t number = stream->start_number;
	size_t n = 0;

	while (at < end) {
		const char *eol = memchr(at, '\n', end - at);
		const char *stop = eol ? eol : end;
		struct lab_text_line line = {
			.number = number,
			.text = at,
			.length = stop - at,
			.whole = eol || whole,
		};

		if (line.length > LINE_MAX_BYTES) {
			line.length = LINE_MAX_BYTES;
			line.whole = false;
		}
		add_line(stream, n++, &line);
		at = eol ? eol + 1 : end;
		number++;
	}
	if (n)
		stream->batch(stream->data, stream->line, n);
	stream->collecting = false;
	stream->floor = stream->at;
	stream->batch_lines = 0;
}

/* Starts a batch some lines before the line that begins at `at`. */
static void begin_batch(struct lab_text_stream *stream)
{
	const size_t lowest = stream->at > stream->floor + LOOK_BACK_BYTES ?
				      stream->at - LOOK_BACK_BYTES :
				      stream->floor;
	size_t start = stream->at, lines = 0;

	while (lines < LOOK_BACK_LINES && start > lowest) {
		const char *before = memrchr(stream->text + lowest, '\n',
					     start - 1 - lowest);

		if (!before && lowest != stream->floor)
			break;
		start = before ? (size_t)(before + 1 - stream->text) : lowest;
		lines++;
	}
	stream->start = start;
	stream->start_number = stream->number - lines;
	stream->collecting = true;
	stream->quiet = 0;
	stream->batch_lines = lines;
}

/* Goes behind the line that begins at `at`; false when its end is not there. */
static bool skip_line(struct lab_text_stream *stream, const char *from)
{
	const char *end = stream->text + stream->length;
	const char *eol = memchr(from, '\n', end - from);

	if (!eol)
		return false;
	stream->at = eol + 1 - stream->text;
	stream->number++;
	return true;
}

/* Goes to the line of the next needle; false when there is none so far. */
static bool search(struct lab_text_stream *stream, bool last)
{
	const char *from = stream->text + stream->at;
	const char *found = find_needle(from, stream->length - stream->at);
	const char *stop, *line;

	if (found)
		stop = found;
	else if (last)
		stop = stream->text + stream->length;
	else
		stop = memrchr(from, '\n', stream->length - stream->at);
	if (!stop)
		return false;
	line = memrchr(from, '\n', stop - from + (found || last ? 0 : 1));
	line = line ? line + 1 : from;
	if (!found && last)
		line = stop;
	stream->number += count_lines(from, line - from);
	stream->at = line - stream->text;
	if (!found)
		return false;
	if (!is_precise(found, stream->text + stream->at,
			stream->text + stream->length))
		return skip_line(stream, found);
	begin_batch(stream);
	return true;
}

/*
 * Whether a report may begin with this line, so that a batch may be parted
 * before it.
 */
static bool is_seam(const struct lab_text_stream *stream, const char *line,
		    size_t length)
{
	return stream->batch_lines >= BATCH_LINES &&
	       (memmem(line, length, "page allocation", 15) ||
		stream->batch_lines >= 4 * BATCH_LINES);
}

/* Takes one line; false when its end is not there yet. */
static bool collect(struct lab_text_stream *stream, bool last)
{
	const char *line = stream->text + stream->at;
	const size_t left = stream->length - stream->at;
	const char *eol = left ? memchr(line, '\n', left) : NULL;
	const size_t length = eol ? (size_t)(eol - line) : left;

	if (!left || (!eol && !last && left < LINE_MAX_BYTES))
		return false;
	if (is_seam(stream, line, length) ||
	    stream->at - stream->start + length > LAB_STREAM_BATCH) {
		end_batch(stream, false);
		stream->start = stream->at;
		stream->start_number = stream->number;
		stream->collecting = true;
	}
	stream->quiet = matters(line, length) ? 0 : stream->quiet + 1;
	stream->at += length + !!eol;
	stream->number += !!eol;
	stream->batch_lines++;
	if (stream->quiet > QUIET_LINES)
		end_batch(stream, false);
	return true;
}

static void work(struct lab_text_stream *stream, bool last)
{
	for (;;) {
		if (stream->collecting ? !collect(stream, last) :
					 !search(stream, last))
			return;
	}
}

/* Makes room by dropping what is decided on. */
static void drop(struct lab_text_stream *stream)
{
	size_t keep = stream->collecting ? stream->start : stream->at;

	if (!stream->collecting)
		keep = keep > LOOK_BACK_BYTES ? keep - LOOK_BACK_BYTES : 0;
	if (keep < stream->floor)
		keep = stream->floor;
	if (!keep)
		return;
	memmove(stream->text, stream->text + keep, stream->length - keep);
	stream->length -= keep;
	stream->at -= keep;
	stream->floor = stream->floor > keep ? stream->floor - keep : 0;
	if (stream->collecting)
		stream->start -= keep;
}

/* Of a line without an end, the start is enough. */
static void limit_line(struct lab_text_stream *stream)
{
	if (!stream->collecting && stream->length - stream->at > 2 * CHUNK) {
		stream->at = stream->length - CHUNK;
		stream->floor = stream->at;
	}
}

static void add(struct lab_text_stream *stream, const char *text, size_t length)
{
	while (length) {
		size_t n = length < CHUNK ? length : CHUNK;
		const char *nul = memchr(text, 0, n);

		if (stream->length + n > stream->size)
			drop(stream);
		if (nul)
			n = nul - text;
		memcpy(stream->text + stream->length, text, n);
		stream->length += n;
		text += n + !!nul;
		length -= n + !!nul;
		work(stream, false);
		drop(stream);
		limit_line(stream);
	}
}

/* What is not ASCII becomes '?': kernels write ASCII. */
static void add_utf16(struct lab_text_stream *stream, const char *text,
		      size_t length)
{
	const bool big = stream->encoding == UTF16_BE;
	char out[4096];
	size_t i, n = 0;

	for (i = 0; i < length; i++) {
		unsigned char low, high;

		if (!stream->has_odd) {
			stream->odd = text[i];
			stream->has_odd = true;
			continue;
		}
		low = big ? text[i] : stream->odd;
		high = big ? stream->odd : text[i];
		stream->has_odd = false;
		if (low == 0xff && high == 0xfe)
			continue;
		if (low == 0xfe && high == 0xff)
			continue;
		out[n++] = high ? '?' : (char)low;
		if (n == sizeof(out)) {
			add(stream, out, n);
			n = 0;
		}
	}
	add(stream, out, n);
}

static void guess_encoding(struct lab_text_stream *stream, const char *text,
			   size_t length)
{
	size_t even = 0, odd = 0, i;

	for (i = 0; i < length && i < 4096; i++) {
		if (text[i])
			continue;
		even += !(i & 1);
		odd += i & 1;
	}
	stream->encoding = BYTES;
	if (length >= 2 && !memcmp(text, "\xff\xfe", 2))
		stream->encoding = UTF16_LE;
	else if (length >= 2 && !memcmp(text, "\xfe\xff", 2))
		stream->encoding = UTF16_BE;
	else if (odd > i / 3 && even < i / 20)
		stream->encoding = UTF16_LE;
	else if (even > i / 3 && odd < i / 20)
		stream->encoding = UTF16_BE;
}

void lab_text_stream_feed(struct lab_text_stream *stream, const char *text,
			  size_t length)
{
	if (stream->encoding == UNKNOWN && length)
		guess_encoding(stream, text, length);
	if (stream->encoding > BYTES)
		add_utf16(stream, text, length);
	else
		add(stream, text, length);
}

uint64_t lab_text_stream_end(struct lab_text_stream *stream)
{
	uint64_t lines;

	work(stream, true);
	lines = stream->number - 1;
	if (stream->length && stream->text[stream->length - 1] != '\n')
		lines++;
	if (stream->collecting)
		end_batch(stream, false);
	free(stream->line);
	free(stream->text);
	free(stream);
	return lines;
}
