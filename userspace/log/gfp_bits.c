// SPDX-License-Identifier: GPL-2.0-only
/* log/gfp_bits.c - see log/gfp_bits.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gfp_bits.h"

#define RECLAIM (LAB_REQ_WAIT | LAB_REQ_KSWAPD)
#define IOFS (LAB_REQ_IO | LAB_REQ_FS)
#define USER (RECLAIM | IOFS | LAB_REQ_HARDWALL)

/*
 * Words of include/trace/events/mmflags.h (gfpflag_names), of all versions,
 * and what they stand for. GFP_ATOMIC has __GFP_ATOMIC only from 4.4 to 6.2,
 * where nothing else sets it: log/watermark_rules.c asks for it only there.
 */
static const struct {
	const char *word;
	unsigned int flags;
} words[] = {
	{ "GFP_TRANSHUGE", USER | LAB_REQ_HIGHMEM | LAB_REQ_MOVABLE |
				   LAB_REQ_COMP | LAB_REQ_NOMEMALLOC |
				   LAB_REQ_NOWARN },
	{ "GFP_TRANSHUGE_LIGHT", IOFS | LAB_REQ_HARDWALL | LAB_REQ_HIGHMEM |
					 LAB_REQ_MOVABLE | LAB_REQ_COMP |
					 LAB_REQ_NOMEMALLOC | LAB_REQ_NOWARN },
	{ "GFP_HIGHUSER_MOVABLE", USER | LAB_REQ_HIGHMEM | LAB_REQ_MOVABLE },
	{ "GFP_HIGHUSER", USER | LAB_REQ_HIGHMEM },
	{ "GFP_USER", USER },
	{ "GFP_TEMPORARY", RECLAIM | IOFS | LAB_REQ_RECLAIMABLE },
	{ "GFP_KERNEL_ACCOUNT", RECLAIM | IOFS | LAB_REQ_ACCOUNT },
	{ "GFP_KERNEL", RECLAIM | IOFS },
	{ "GFP_NOFS", RECLAIM | LAB_REQ_IO },
	{ "GFP_NOIO", RECLAIM },
	{ "GFP_ATOMIC", LAB_REQ_HIGH | LAB_REQ_ATOMIC | LAB_REQ_KSWAPD },
	{ "GFP_NOWAIT", LAB_REQ_KSWAPD },
	{ "GFP_DMA", LAB_REQ_DMA },
	{ "GFP_DMA32", LAB_REQ_DMA32 },
	{ "__GFP_DMA", LAB_REQ_DMA },
	{ "__GFP_DMA32", LAB_REQ_DMA32 },
	{ "__GFP_HIGHMEM", LAB_REQ_HIGHMEM },
	{ "__GFP_MOVABLE", LAB_REQ_MOVABLE },
	{ "__GFP_RECLAIMABLE", LAB_REQ_RECLAIMABLE },
	{ "__GFP_HIGH", LAB_REQ_HIGH },
	{ "__GFP_ATOMIC", LAB_REQ_ATOMIC },
	{ "__GFP_WAIT", LAB_REQ_WAIT },
	{ "__GFP_RECLAIM", RECLAIM },
	{ "__GFP_DIRECT_RECLAIM", LAB_REQ_WAIT },
	{ "__GFP_KSWAPD_RECLAIM", LAB_REQ_KSWAPD },
	{ "__GFP_IO", LAB_REQ_IO },
	{ "__GFP_FS", LAB_REQ_FS },
	{ "__GFP_NOWARN", LAB_REQ_NOWARN },
	{ "__GFP_REPEAT", LAB_REQ_RETRY },
	{ "__GFP_RETRY_MAYFAIL", LAB_REQ_RETRY },
	{ "__GFP_NOFAIL", LAB_REQ_NOFAIL },
	{ "__GFP_NORETRY", LAB_REQ_NORETRY },
	{ "__GFP_MEMALLOC", LAB_REQ_MEMALLOC },
	{ "__GFP_NOMEMALLOC", LAB_REQ_NOMEMALLOC },
	{ "__GFP_THISNODE", LAB_REQ_THISNODE },
	{ "__GFP_COMP", LAB_REQ_COMP },
	{ "__GFP_ZERO", LAB_REQ_ZERO },
	{ "__GFP_ACCOUNT", LAB_REQ_ACCOUNT },
	{ "__GFP_HARDWALL", LAB_REQ_HARDWALL },
	{ "__GFP_COLD", LAB_REQ_OTHER },
	{ "__GFP_NOTRACK", LAB_REQ_OTHER },
	{ "__GFP_NO_KSWAPD", LAB_REQ_OTHER },
	{ "__GFP_OTHER_NODE", LAB_REQ_OTHER },
	{ "__GFP_KMEMCG", LAB_REQ_OTHER },
	{ "__GFP_NOACCOUNT", LAB_REQ_OTHER },
	{ "__GFP_WRITE", LAB_REQ_OTHER },
	{ "__GFP_NOLOCKDEP", LAB_REQ_OTHER },
	{ "__GFP_NOTRACK_FALSE_POSITIVE", LAB_REQ_OTHER },
	{ "__GFP_ZEROTAGS", LAB_REQ_OTHER },
	{ "__GFP_SKIP_ZERO", LAB_REQ_OTHER },
	{ "__GFP_SKIP_KASAN", LAB_REQ_OTHER },
	{ "__GFP_SKIP_KASAN_POISON", LAB_REQ_OTHER },
	{ "__GFP_SKIP_KASAN_UNPOISON", LAB_REQ_OTHER },
	{ "__GFP_NO_OBJ_EXT", LAB_REQ_OTHER },
	{ "none", LAB_REQ_OTHER },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/*
 * Numbers of the flags that decide something, by version. An era ends where
 * the next begins; bits are numbered from 0, -1 is none.
 */
enum place {
	P_WAIT,
	P_KSWAPD,
	P_ATOMIC,
	P_NOWARN,
	P_NORETRY,
	P_MEMALLOC,
	P_COMP,
	P_ZERO,
	P_NOMEMALLOC,
	P_HARDWALL,
	P_THISNODE,
	P_RECLAIMABLE,
	P_MOVABLE,
	PLACES
};

static const unsigned int place_flags[PLACES] = {
	[P_WAIT] = LAB_REQ_WAIT,
	[P_KSWAPD] = LAB_REQ_KSWAPD,
	[P_ATOMIC] = LAB_REQ_ATOMIC,
	[P_NOWARN] = LAB_REQ_NOWARN,
	[P_NORETRY] = LAB_REQ_NORETRY,
	[P_MEMALLOC] = LAB_REQ_MEMALLOC,
	[P_COMP] = LAB_REQ_COMP,
	[P_ZERO] = LAB_REQ_ZERO,
	[P_NOMEMALLOC] = LAB_REQ_NOMEMALLOC,
	[P_HARDWALL] = LAB_REQ_HARDWALL,
	[P_THISNODE] = LAB_REQ_THISNODE,
	[P_RECLAIMABLE] = LAB_REQ_RECLAIMABLE,
	[P_MOVABLE] = LAB_REQ_MOVABLE,
};

static const struct {
	int major, minor; /* first version */
	unsigned int bits; /* how many there are; those beyond are nonsense */
	int8_t place[PLACES];
} eras[] = {
	/* WAIT KSWD ATOM NOWN NORE MEMA COMP ZERO NOME HARD THIS RECL MOVA */
	{ 2, 6, 22, { 4, -1, -1, 9, 12, -1, 14, 15, 16, 17, 18, 19, 3 } },
	{ 3, 6, 25, { 4, -1, -1, 9, 12, 13, 14, 15, 16, 17, 18, 19, 3 } },
	{ 4, 4, 26, { 22, 25, 19, 9, 12, 13, 14, 15, 16, 17, 18, 4, 3 } },
	{ 4, 10, 26, { 22, 24, 19, 9, 12, 13, 14, 15, 16, 17, 18, 4, 3 } },
	{ 4, 18, 24, { 21, 22, 19, 9, 12, 13, 14, 15, 16, 17, 18, 4, 3 } },
	{ 5, 1, 27, { 10, 11, 9, 13, 16, 17, 18, 8, 19, 20, 21, 4, 3 } },
	{ 6, 3, 28, { 10, 11, -1, 13, 16, 17, 18, 8, 19, 20, 21, 4, 3 } },
};

/* The same places in all versions. */
static const struct {
	unsigned int bit, flag;
} fixed[] = {
	{ 0, LAB_REQ_DMA },  { 1, LAB_REQ_HIGHMEM }, { 2, LAB_REQ_DMA32 },
	{ 5, LAB_REQ_HIGH }, { 6, LAB_REQ_IO },	     { 7, LAB_REQ_FS },
};

static bool find_word(const char *word, size_t length, unsigned int *flags)
{
	size_t i;

	for (i = 0; i < COUNT(words); i++)
		if (strlen(words[i].word) == length &&
		    !strncmp(words[i].word, word, length)) {
			*flags |= words[i].flags;
			return true;
		}
	return false;
}

/* Bits without a word are printed as a number; a word that is cut is none. */
static bool read_words(const char *text, struct lab_request *request)
{
	while (*text) {
		const size_t length = strcspn(text, "|");

		if (length && strncmp(text, "0x", 2) != 0 &&
		    !find_word(text, length, &request->flags)) {
			snprintf(
				request->why, sizeof(request->why),
				"\"%.*s\" in the mode is no flag that is known",
				(int)length, text);
			return false;
		}
		text += length;
		text += *text == '|';
	}
	return true;
}

static unsigned int flags_in_era(uint64_t mode, size_t era)
{
	unsigned int flags = 0;
	size_t i;

	for (i = 0; i < COUNT(fixed); i++)
		if (mode >> fixed[i].bit & 1)
			flags |= fixed[i].flag;
	for (i = 0; i < PLACES; i++)
		if (eras[era].place[i] >= 0 && mode >> eras[era].place[i] & 1)
			flags |= place_flags[i];
	return flags;
}

static bool possible_in_era(uint64_t mode, size_t era)
{
	const unsigned int flags = flags_in_era(mode, era);

	if (mode >> eras[era].bits)
		return false;
	/* Without a bit of their own for it, these woke kswapd always. */
	if (eras[era].place[P_KSWAPD] < 0)
		return true;
	if (flags & LAB_REQ_ATOMIC && !(flags & LAB_REQ_HIGH))
		return false;
	/* Whoever may do I/O may reclaim; of huge pages alone not always. */
	if (flags & (LAB_REQ_IO | LAB_REQ_FS) && !(flags & LAB_REQ_WAIT))
		return flags & LAB_REQ_HIGHMEM && flags & LAB_REQ_MOVABLE;
	return !(flags & LAB_REQ_HIGH) || flags & LAB_REQ_KSWAPD;
}

static bool era_in_range(size_t era, const struct lab_version_range *range)
{
	const int64_t from =
		lab_version_key(eras[era].major, eras[era].minor, 0);
	const int64_t next = era + 1 < COUNT(eras) ?
				     lab_version_key(eras[era + 1].major,
						     eras[era + 1].minor, 0) :
				     INT64_MAX;

	return range->to >= from && range->from < next;
}

static void add_word(char *text, size_t size, const char *word)
{
	const size_t length = strlen(text);

	snprintf(text + length, size - length, "%s%s", length ? "|" : "", word);
}

/* The words that the kernel would have, the largest first. */
static void spell(struct lab_request *request)
{
	unsigned int left = request->flags;
	static const char *const bases[] = {
		"GFP_HIGHUSER_MOVABLE", "GFP_HIGHUSER", "GFP_USER",
		"GFP_KERNEL",		"GFP_NOFS",	"GFP_NOIO",
		"GFP_ATOMIC",
	};
	size_t i, j;

	if ((left & LAB_REQ_HIGH) && !(left & LAB_REQ_WAIT))
		left |= LAB_REQ_ATOMIC | LAB_REQ_KSWAPD;
	for (i = 0; i < COUNT(bases); i++) {
		unsigned int base = 0;

		find_word(bases[i], strlen(bases[i]), &base);
		if ((left & base) != base)
			continue;
		add_word(request->words, sizeof(request->words), bases[i]);
		left &= ~base;
		break;
	}
	if (!request->words[0] && !(left & LAB_REQ_WAIT)) {
		add_word(request->words, sizeof(request->words), "GFP_NOWAIT");
		left &= ~LAB_REQ_KSWAPD;
	}
	for (i = 0; left && i < 23; i++)
		for (j = 0; (left & 1u << i) && j < COUNT(words); j++)
			if (words[j].flags == 1u << i &&
			    words[j].word[0] == '_') {
				add_word(request->words, sizeof(request->words),
					 words[j].word);
				break;
			}
}

/* Flags that change who may take what. */
#define DECISIVE                                                               \
	(LAB_REQ_DMA | LAB_REQ_HIGHMEM | LAB_REQ_DMA32 | LAB_REQ_MOVABLE |     \
	 LAB_REQ_WAIT | LAB_REQ_HIGH | LAB_REQ_MEMALLOC | LAB_REQ_NOMEMALLOC | \
	 LAB_REQ_THISNODE)

static void read_number(uint64_t mode, const struct lab_version_range *range,
			struct lab_request *request)
{
	bool found = false;
	size_t era;

	for (era = 0; era < COUNT(eras); era++) {
		unsigned int flags;

		if (!era_in_range(era, range) || !possible_in_era(mode, era))
			continue;
		flags = flags_in_era(mode, era);
		/* Up to 4.3 whatever wakes kswapd has no bit for it. */
		if (eras[era].place[P_KSWAPD] < 0)
			flags |= LAB_REQ_KSWAPD;
		if (found && (flags ^ request->flags) & DECISIVE) {
			snprintf(
				request->why, sizeof(request->why),
				"mode 0x%" PRIx64
				" means different things in the versions that this can be",
				mode);
			request->known = false;
			return;
		}
		if (!found)
			request->flags = flags;
		found = true;
	}
	if (!found) {
		snprintf(request->why, sizeof(request->why),
			 "mode 0x%" PRIx64
			 " has bits that this version has not",
			 mode);
		return;
	}
	request->known = true;
	spell(request);
}

struct lab_request lab_request_of(const struct lab_kernel_report *report,
				  const struct lab_version_range *range)
{
	struct lab_request request = {};

	if (report->words[0] && read_words(report->words, &request)) {
		request.known = true;
		snprintf(request.words, sizeof(request.words), "%s",
			 report->words);
		return request;
	}
	request.flags = 0;
	if (report->has_mode)
		read_number(report->mode, range, &request);
	else
		snprintf(request.why, sizeof(request.why),
			 "the line that says what was asked for is not there");
	return request;
}
