// SPDX-License-Identifier: GPL-2.0-only
/* option_value_test.c - values of keys: from text, and to text. */

#include "lib/option_value.h"
#include "kselftest_harness.h"

static uint64_t key_number(enum lab_key_type type, const char *text)
{
	const struct lab_key key = { "k", type, 0, UINT64_MAX, 0, false, "" };
	uint64_t number;
	char why[128];

	if (lab_key_parse(&key, text, &number, why, sizeof(why)))
		return 666;
	return number;
}

TEST(numbers_of_keys)
{
	EXPECT_EQ(0, key_number(LAB_KEY_NUMBER, "0"));
	EXPECT_EQ(7, key_number(LAB_KEY_NUMBER, "007"));
	EXPECT_EQ(UINT64_MAX,
		  key_number(LAB_KEY_NUMBER, "18446744073709551615"));
	EXPECT_EQ(666, key_number(LAB_KEY_NUMBER, "18446744073709551616"));
	EXPECT_EQ(666, key_number(LAB_KEY_NUMBER, "99999999999999999999999"));
	EXPECT_EQ(666, key_number(LAB_KEY_NUMBER, ""));
	EXPECT_EQ(666, key_number(LAB_KEY_NUMBER, "-1"));
	EXPECT_EQ(666, key_number(LAB_KEY_NUMBER, "+1"));
	EXPECT_EQ(666, key_number(LAB_KEY_NUMBER, "0x10"));
	EXPECT_EQ(666, key_number(LAB_KEY_NUMBER, "1e3"));
	EXPECT_EQ(666, key_number(LAB_KEY_NUMBER, "1.5"));
	EXPECT_EQ(666, key_number(LAB_KEY_NUMBER, "1K"));
	EXPECT_EQ(UINT64_MAX, key_number(LAB_KEY_SIGNED, "-1"));
	EXPECT_EQ(666, key_number(LAB_KEY_SIGNED, "-2"));
	EXPECT_EQ(1, key_number(LAB_KEY_BOOL, "Y"));
	EXPECT_EQ(1, key_number(LAB_KEY_BOOL, "yes"));
	EXPECT_EQ(1, key_number(LAB_KEY_BOOL, "1"));
	EXPECT_EQ(0, key_number(LAB_KEY_BOOL, "n"));
	EXPECT_EQ(0, key_number(LAB_KEY_BOOL, "No"));
	EXPECT_EQ(0, key_number(LAB_KEY_BOOL, "0"));
	EXPECT_EQ(666, key_number(LAB_KEY_BOOL, "true"));
	EXPECT_EQ(1024, key_number(LAB_KEY_BYTES, "1024"));
	EXPECT_EQ(4096, key_number(LAB_KEY_BYTES, "4K"));
	EXPECT_EQ(3ull << 20, key_number(LAB_KEY_BYTES, "3M"));
	EXPECT_EQ(1ull << 40, key_number(LAB_KEY_BYTES, "1T"));
	EXPECT_EQ(666, key_number(LAB_KEY_BYTES, "16777216T"));
	EXPECT_EQ(666, key_number(LAB_KEY_BYTES, "4k"));
	EXPECT_EQ(666, key_number(LAB_KEY_BYTES, "K"));
	EXPECT_EQ(666, key_number(LAB_KEY_BYTES, "1.5K"));
	EXPECT_EQ(90, key_number(LAB_KEY_SECONDS, "90"));
	EXPECT_EQ(90, key_number(LAB_KEY_SECONDS, "90s"));
	EXPECT_EQ(120, key_number(LAB_KEY_SECONDS, "2m"));
	EXPECT_EQ(3600, key_number(LAB_KEY_SECONDS, "1h"));
	EXPECT_EQ(1200, key_number(LAB_KEY_PERMILLE_OF_MIN, "1.2 min"));
	EXPECT_EQ(1000, key_number(LAB_KEY_PERMILLE_OF_MIN, "1min"));
	EXPECT_EQ(1, key_number(LAB_KEY_PERMILLE_OF_MIN, "0.001min"));
	EXPECT_EQ(666, key_number(LAB_KEY_PERMILLE_OF_MIN, "0.0001min"));
	EXPECT_EQ(666, key_number(LAB_KEY_PERMILLE_OF_MIN, "1.min"));
	EXPECT_EQ(666, key_number(LAB_KEY_PERMILLE_OF_MIN, ".5min"));
	EXPECT_EQ(666, key_number(LAB_KEY_PERMILLE_OF_MIN, "1.2.3min"));
	EXPECT_EQ(666, key_number(LAB_KEY_PERMILLE_OF_MIN, "1.2"));
	EXPECT_EQ(666, key_number(LAB_KEY_PERMILLE_OF_MIN, "min"));
}

static const char *key_text(enum lab_key_type type, uint64_t number)
{
	const struct lab_key key = { "k", type, 0, UINT64_MAX, 0, false, "" };
	static char text[LAB_KEY_TEXT];

	lab_key_value(&key, number, text, sizeof(text));
	return text;
}

TEST(texts_of_keys)
{
	EXPECT_STREQ("0", key_text(LAB_KEY_NUMBER, 0));
	EXPECT_STREQ("1000", key_text(LAB_KEY_NUMBER, 1000));
	EXPECT_STREQ("-1", key_text(LAB_KEY_SIGNED, UINT64_MAX));
	EXPECT_STREQ("Y", key_text(LAB_KEY_BOOL, 1));
	EXPECT_STREQ("N", key_text(LAB_KEY_BOOL, 0));
	EXPECT_STREQ("0", key_text(LAB_KEY_BYTES, 0));
	EXPECT_STREQ("4097", key_text(LAB_KEY_BYTES, 4097));
	EXPECT_STREQ("4K", key_text(LAB_KEY_BYTES, 4096));
	EXPECT_STREQ("256M", key_text(LAB_KEY_BYTES, 256 << 20));
	EXPECT_STREQ("90s", key_text(LAB_KEY_SECONDS, 90));
	EXPECT_STREQ("2m", key_text(LAB_KEY_SECONDS, 120));
	EXPECT_STREQ("1min", key_text(LAB_KEY_PERMILLE_OF_MIN, 1000));
	EXPECT_STREQ("1.25min", key_text(LAB_KEY_PERMILLE_OF_MIN, 1250));
	EXPECT_STREQ("0.001min", key_text(LAB_KEY_PERMILLE_OF_MIN, 1));
	EXPECT_STREQ("0min", key_text(LAB_KEY_PERMILLE_OF_MIN, 0));
	EXPECT_STREQ("20min", key_text(LAB_KEY_PERMILLE_OF_MIN, 20000));
}

TEST_HARNESS_MAIN
