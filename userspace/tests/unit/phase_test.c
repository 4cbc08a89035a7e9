// SPDX-License-Identifier: GPL-2.0-only
/* phase_test.c - phases: what they take, and what they refuse. */

#include "inject/inject.h"
#include "pressure/pressure.h"
#include "scenario_text.h"
#include "victim/victim.h"

TEST(gfp_words_make_a_round_trip)
{
	uint32_t base, mods;
	char why[256];

	for (base = 0; base < LAB_GFP_BASE_COUNT; base++) {
		for (mods = 0; mods <= LAB_GFP_MODS_ALL; mods++) {
			char *words = lab_gfp_words(base, mods);
			struct lab_gfp gfp;

			ASSERT_EQ(0,
				  lab_gfp_parse(words, &gfp, why, sizeof(why)));
			ASSERT_EQ(base, gfp.base);
			ASSERT_EQ(mods, gfp.mods);
			ASSERT_STREQ(words, gfp.words);
			free(gfp.words);
			free(words);
		}
	}
}

TEST(thisnode_with_nodes)
{
	ASSERT_PARSED(s, CLAIM PHASE "gfp = GFP_ATOMIC|__GFP_THISNODE\n"
				     "node = 0 1\n");

	EXPECT_EQ(LAB_GFP_MOD(THISNODE), s->phases[0].gfps[0].mods);
	lab_scenario_free(s);
}

#define CONTEXTS \
	"allowed: task, preempt_off, irqs_off, bh_off, rcu, spin_lock, spin_lock_bh, spin_lock_irqsave, raw_spin_lock, rwlock, irq_thread, softirq_tasklet, softirq_timer, softirq_hrtimer, softirq_work, hardirq_hrtimer, hardirq_work, hardirq_ipi, nmi, nested\n"
#define APIS \
	"allowed: pages, get_free_pages, exact, bulk, kmalloc, kmem_cache, page_frag, mempool, nolock\n"

TEST(wrong_contexts)
{
	EXPECT_LINE_ERROR("context = task nmy",
			  "context: \"nmy\", did you mean \"nmi\"?; " CONTEXTS);
	EXPECT_LINE_ERROR("context = all task", "context: \"all\"; " CONTEXTS);
	EXPECT_LINE_ERROR("context = quark_*",
			  "context: \"quark_*\"; " CONTEXTS);
	EXPECT_LINE_ERROR("context = task softirq_tasklet task",
			  "context: \"task\" is named twice; once is "
			  "enough\n");
	EXPECT_LINE_ERROR("context =",
			  "context: nothing; at least one value is needed\n");
	EXPECT_LINE_ERROR("api = page",
			  "api: \"page\", did you mean \"pages\"?; " APIS);
}

TEST(names_match)
{
	ASSERT_PARSED(s, CLAIM PHASE "context = softirq_* task\n"
				     "oracles = *e\n");

	EXPECT_EQ(1ull << LAB_CTX_TASK | 1ull << LAB_CTX_SOFTIRQ_TASKLET |
			  1ull << LAB_CTX_SOFTIRQ_TIMER |
			  1ull << LAB_CTX_SOFTIRQ_HRTIMER |
			  1ull << LAB_CTX_SOFTIRQ_WORK,
		  s->phases[0].contexts);
	EXPECT_EQ(1ull << LAB_ORACLE_NODE | 1ull << LAB_ORACLE_STATE |
			  1ull << LAB_ORACLE_EXCLUSIVE,
		  s->phases[0].oracles);
	lab_scenario_free(s);
}

TEST(how_shots_are_fired)
{
	ASSERT_PARSED(s, CLAIM PHASE "pattern = exhaust\nhold = 9\n"
				     "free-first = random\n"
				     "oracles = none\nevents = 65536\n"
				     "reserve = 4096\nfloor = 4M\n"
				     "interval = 20us\ntimeline = 256\n"
				     "turns = in-turn\n");
	const struct lab_phase *phase = &s->phases[0];

	EXPECT_EQ(LAB_PATTERN_EXHAUST, phase->pattern);
	EXPECT_EQ(LAB_VICTIM_RANDOM, phase->free_first);
	EXPECT_EQ(0, phase->oracles);
	EXPECT_EQ(65536, phase->events);
	EXPECT_EQ(4096, phase->reserve);
	EXPECT_EQ(4 << 20, phase->floor);
	EXPECT_EQ(20000, phase->interval);
	EXPECT_EQ(256, phase->timeline);
	EXPECT_TRUE(phase->in_turn);
	lab_scenario_free(s);

	ASSERT_PARSED(preset, CLAIM PHASE);
	phase = &preset->phases[0];
	EXPECT_EQ(LAB_PATTERN_RING, phase->pattern);
	EXPECT_EQ(LAB_VICTIM_OLDEST, phase->free_first);
	EXPECT_EQ(LAB_ORACLES_ALL, phase->oracles);
	EXPECT_EQ(0, phase->events);
	EXPECT_EQ(16, phase->reserve);
	EXPECT_EQ(0, phase->floor);
	EXPECT_EQ(0, phase->interval);
	EXPECT_EQ(0, phase->timeline);
	EXPECT_FALSE(phase->in_turn);
	lab_scenario_free(preset);
}

/* Without a look at the zone nothing is known, and nothing is asked, of it. */
TEST(shots_without_a_look)
{
	ASSERT_PARSED(s, CLAIM PHASE "look = no\n");
	EXPECT_TRUE(s->phases[0].blind);
	EXPECT_EQ(LAB_ORACLES_ALL & ~LAB_ORACLES_OF_STATE,
		  s->phases[0].oracles);
	lab_scenario_free(s);

	ASSERT_PARSED(preset, CLAIM PHASE "look = yes\n");
	EXPECT_FALSE(preset->phases[0].blind);
	EXPECT_EQ(LAB_ORACLES_ALL, preset->phases[0].oracles);
	lab_scenario_free(preset);

	EXPECT_LINE_ERROR("look = never",
			  "look: \"never\"; allowed: yes, no\n");
	EXPECT_LINE_ERROR(
		"look = no\nevents = 5",
		"look: \"no\" in phase \"a\", which has events; allowed: with events = 0, since events have the state\n");
	EXPECT_LINE_ERROR(
		"oracles = state depth\nlook = no",
		"oracles: \"state depth\" in phase \"a\", which has look = no; allowed: without depth and kswapd, which judge by the state\n");
	EXPECT_LINE_ERROR(
		"look = no\nexpect = each fast > 0",
		"look: \"no\" in phase \"a\", which expects \"each fast > 0\"; allowed: with expectations that do not ask about the state\n");
	EXPECT_LINE_ERROR(
		"look = no\nexpect = each cliff == 6/16",
		"look: \"no\" in phase \"a\", which expects \"each cliff == 6/16\"; allowed: with expectations that do not ask about the state\n");
}

TEST(how_shots_are_not_fired)
{
	EXPECT_LINE_ERROR(
		"pattern = rings",
		"pattern: \"rings\", did you mean \"ring\"?; allowed: ring, fill, exhaust, refill\n");
	EXPECT_LINE_ERROR(
		"free-first = first",
		"free-first: \"first\"; allowed: oldest, newest, random\n");
	EXPECT_LINE_ERROR("turns = both",
			  "turns: \"both\"; allowed: together, in-turn\n");
	EXPECT_LINE_ERROR("interval = 2s",
			  "interval: \"2s\"; allowed: 0 to 1s\n");
	EXPECT_LINE_ERROR("interval = 2 min",
			  "interval: \"2 min\"; allowed: 0 to 1s\n");
	EXPECT_LINE_ERROR("reserve = 0",
			  "reserve: \"0\"; allowed: 1 to 4096\n");
	EXPECT_LINE_ERROR("events = 65537",
			  "events: \"65537\"; allowed: 0 to 65536\n");
	EXPECT_LINE_ERROR(
		"pattern = fill",
		"pattern: \"fill\" in phase \"a\", which has hold = 0; allowed: where blocks are kept\n");
	EXPECT_LINE_ERROR(
		"pattern = refill\nhold = 8\nburst = 16",
		"pattern: \"refill\" in phase \"a\", which has hold = 8 and burst = 16; allowed: with at most as many in a burst as are kept\n");
}

TEST(wrong_orders)
{
#define ORDERS "; allowed: numbers and ranges from 0 to 15, as in \"0-2 5\"\n"
	EXPECT_LINE_ERROR("order = 16", "order: \"16\"" ORDERS);
	EXPECT_LINE_ERROR("order = 3-1", "order: \"3-1\"" ORDERS);
	EXPECT_LINE_ERROR("order = 0-16", "order: \"0-16\"" ORDERS);
	EXPECT_LINE_ERROR("order = -1", "order: \"-1\"" ORDERS);
	EXPECT_LINE_ERROR("order = 1-", "order: \"1-\"" ORDERS);
	EXPECT_LINE_ERROR("order = 1-2-3", "order: \"1-2-3\"" ORDERS);
	EXPECT_LINE_ERROR("order = 1,2", "order: \"1,2\"" ORDERS);
	EXPECT_LINE_ERROR("order = 0 - 3", "order: \"-\"" ORDERS);
	EXPECT_LINE_ERROR("order = 18446744073709551616",
			  "order: \"18446744073709551616\"" ORDERS);
	EXPECT_LINE_ERROR("order = 0-3 2",
			  "order: \"2\" is named twice; once is enough\n");
	EXPECT_LINE_ERROR("order =",
			  "order: nothing; at least one value is needed\n");
}

#define GFP_WORDS                                                                             \
	"allowed: GFP_ATOMIC, GFP_NOWAIT, __GFP_HIGH, __GFP_NOMEMALLOC, "                     \
	"__GFP_THISNODE, __GFP_ZERO, __GFP_COMP, __GFP_DMA32, __GFP_NOWARN, __GFP_MEMALLOC, " \
	"__GFP_NORETRY, __GFP_RECLAIMABLE, __GFP_DMA\n"
#define ONE_BASE "; allowed: exactly one of GFP_*, then |__GFP_*\n"

TEST(wrong_gfps)
{
	EXPECT_LINE_ERROR(
		"gfp = GFP_ATOMC",
		"gfp: \"GFP_ATOMC\", did you mean \"GFP_ATOMIC\"?; " GFP_WORDS);
	EXPECT_LINE_ERROR(
		"gfp = GFP_ATOMIC|__GFP_DMA|__GFP_DMA32",
		"gfp: \"GFP_ATOMIC|__GFP_DMA32|__GFP_DMA\" in phase \"a\"; allowed: one of __GFP_DMA and __GFP_DMA32\n");
	EXPECT_LINE_ERROR("gfp = GFP_KERNEL",
			  "gfp: \"GFP_KERNEL\"; " GFP_WORDS);
	EXPECT_LINE_ERROR("gfp = GFP_ATOMIC|", "gfp: \"\"; " GFP_WORDS);
	EXPECT_LINE_ERROR("gfp = GFP_ATOMIC | __GFP_ZERO",
			  "gfp: \"\"; " GFP_WORDS);
	EXPECT_LINE_ERROR("gfp = __GFP_ZERO",
			  "gfp: \"__GFP_ZERO\" has no base" ONE_BASE);
	EXPECT_LINE_ERROR("gfp = GFP_ATOMIC|GFP_NOWAIT",
			  "gfp: \"GFP_ATOMIC|GFP_NOWAIT\" has more than one "
			  "base" ONE_BASE);
	EXPECT_LINE_ERROR("gfp = GFP_ATOMIC|__GFP_ZERO|__GFP_ZERO",
			  "gfp: \"__GFP_ZERO\" is named twice; once is "
			  "enough\n");
	EXPECT_LINE_ERROR("gfp = GFP_ATOMIC|__GFP_ZERO __GFP_ZERO|GFP_ATOMIC",
			  "gfp: \"__GFP_ZERO|GFP_ATOMIC\" is named twice; "
			  "once is enough\n");
	EXPECT_LINE_ERROR("gfp =",
			  "gfp: nothing; at least one value is needed\n");
}

TEST(thisnode_without_a_node)
{
	EXPECT_LINE_ERROR("gfp = GFP_NOWAIT GFP_ATOMIC|__GFP_THISNODE",
			  "gfp: \"GFP_ATOMIC|__GFP_THISNODE\" in phase \"a\", "
			  "which has node = any; allowed: with nodes that are "
			  "named\n");
	/* Defaults are only wrong where they meet. */
	EXPECT_ERRORS(CLAIM "[phase *]\ngfp = GFP_ATOMIC|__GFP_THISNODE\n"
			    "[phase ok]\nnode = 0\n" EXPECT PHASE
			    "node = 0 any\n[phase b]\n" EXPECT,
		      "t.ini:4: gfp: \"GFP_ATOMIC|__GFP_THISNODE\" in phase "
		      "\"a\", which has node = any; allowed: with nodes that "
		      "are named\n");
}

TEST(wrong_nodes)
{
#define NODES "; allowed: any, numbers and ranges from 0 to 63\n"
	EXPECT_LINE_ERROR("node = 64", "node: \"64\"" NODES);
	EXPECT_LINE_ERROR("node = all", "node: \"all\"" NODES);
	EXPECT_LINE_ERROR("node = any any",
			  "node: \"any\" is named twice; once is enough\n");
	EXPECT_LINE_ERROR("node = 0-1 1",
			  "node: \"1\" is named twice; once is enough\n");
	EXPECT_LINE_ERROR("node =",
			  "node: nothing; at least one value is needed\n");
	EXPECT_LINE_ERROR("node = any 1-2",
			  "node: phase \"a\" asks for node 2, but the [guest] "
			  "has 0 to 1\n");
}

TEST(wrong_cpus)
{
#define CPUS "; allowed: numbers and ranges from 0 to 63, as in \"0-2 5\"\n"
	EXPECT_LINE_ERROR("cpu = 64", "cpu: \"64\"" CPUS);
	EXPECT_LINE_ERROR("cpu = all 1", "cpu: \"all\"" CPUS);
	EXPECT_LINE_ERROR("cpu = 1 0-1",
			  "cpu: \"0-1\" is named twice; once is enough\n");
	EXPECT_LINE_ERROR("cpu = 1-5",
			  "cpu: phase \"a\" asks for CPU 5, but the [guest] "
			  "has 0 to 1\n");
}

TEST(wrong_guests_do_not_make_wrong_phases)
{
	EXPECT_ERRORS(CLAIM "[guest]\ncpus = 65\n" PHASE "cpu = 5\nnode = 3\n",
		      "t.ini:4: cpus: \"65\"; allowed: 1 to 64\n");
}

TEST(wrong_numbers)
{
	EXPECT_LINE_ERROR("shots = 0",
			  "shots: \"0\"; allowed: 1 to 4294967296\n");
	EXPECT_LINE_ERROR("shots = 4294967297",
			  "shots: \"4294967297\"; allowed: 1 to 4294967296\n");
	EXPECT_LINE_ERROR("shots = 1 2",
			  "shots: \"1 2\"; allowed: 1 to 4294967296\n");
	EXPECT_LINE_ERROR("hold = 1048577",
			  "hold: \"1048577\"; allowed: 0 to 1048576\n");
	EXPECT_LINE_ERROR("burst = 257", "burst: \"257\"; allowed: 1 to 256\n");
	EXPECT_LINE_ERROR("burst = 0", "burst: \"0\"; allowed: 1 to 256\n");
}

TEST(wrong_injectors)
{
	EXPECT_LINE_ERROR("inject = fail_page_aloc\ninject.interval = 1",
			  "inject: \"fail_page_aloc\", did you mean "
			  "\"fail_page_alloc\"?; allowed: none, "
			  "fail_page_alloc\n");
	EXPECT_LINE_ERROR("inject =",
			  "inject: \"\"; allowed: none, fail_page_alloc\n");
	EXPECT_LINE_ERROR("pressure = annon",
			  "pressure: \"annon\", did you mean \"anon\"?; "
			  "allowed: none, anon, net\n");
}

TEST(several_pressures)
{
	ASSERT_PARSED(s, CLAIM "[phase *]\npressure = anon net\n"
			       "anon.target = 2min\nnet.size = 4K\n" PHASE
			       "pressure.words = of its own\n"
			       "anon.target = 3min 4 min\n"
			       "[phase b]\npressure = net\n" EXPECT
			       "pressure.share = 12.5%\n"
			       "pressure.kind = udp\n");
	const struct lab_press *anon, *net;

	ASSERT_EQ(3, s->nphases);
	EXPECT_STREQ("a[anon.target=3min]", s->phases[0].name);
	EXPECT_STREQ("a[anon.target=4min]", s->phases[1].name);
	EXPECT_STREQ("b", s->phases[2].name);
	ASSERT_EQ(2, s->phases[1].npresses);
	anon = &s->phases[1].press[0];
	net = &s->phases[1].press[1];
	EXPECT_STREQ("anon", anon->pressure->name);
	EXPECT_STREQ("net", net->pressure->name);
	EXPECT_EQ(4000, lab_setting_get(anon->settings, "target"));
	EXPECT_EQ(4096, lab_setting_get(net->settings, "size"));
	EXPECT_STREQ("of its own",
		     lab_setting_find(net->settings, "words")->text);
	EXPECT_EQ(0, lab_setting_get(net->settings, "kind"));

	/* What [phase *] says of net holds, what it says of anon is of no use. */
	ASSERT_EQ(1, s->phases[2].npresses);
	net = &s->phases[2].press[0];
	EXPECT_STREQ("net", net->pressure->name);
	EXPECT_EQ(4096, lab_setting_get(net->settings, "size"));
	EXPECT_EQ(125, lab_setting_get(net->settings, "share"));
	EXPECT_EQ(1, lab_setting_get(net->settings, "kind"));
	EXPECT_EQ(NULL, lab_setting_find(net->settings, "words")->text);
	lab_scenario_free(s);
}

TEST(wrong_pressures)
{
#define BOTH "pressure = anon net"
	EXPECT_LINE_ERROR("pressure = anon anon",
			  "pressure: \"anon\" is named twice; once is "
			  "enough\n");
	EXPECT_LINE_ERROR("pressure = none anon",
			  "pressure: \"none\" goes with no other\n");
	EXPECT_LINE_ERROR("pressure =",
			  "pressure: nothing; at least one value is needed\n");
	EXPECT_LINE_ERROR("pressure.target = 1min\n" BOTH,
			  "pressure.target: \"target\" is a key of both; "
			  "write anon.target or net.target\n");
	EXPECT_LINE_ERROR("net.size = 1K\npressure = anon",
			  "net.size: the phase does not have this pressure; "
			  "allowed: with pressure = ... net\n");
	EXPECT_LINE_ERROR("net.sizes = 1K\n" BOTH,
			  "net.sizes: \"net\" has no key \"sizes\", did you "
			  "mean \"size\"?; allowed: size, share, kind, words, "
			  "target\n");
	EXPECT_LINE_ERROR("net.kind = tpc\n" BOTH,
			  "net.kind: \"tpc\"; allowed: tcp, udp\n");
	EXPECT_LINE_ERROR("net.share = 101%\n" BOTH,
			  "net.share: \"101%\"; allowed: 0% to 100%\n");
	EXPECT_ERRORS(CLAIM PHASE BOTH "\nnet.size = 1K\npressure.size = 2K\n",
		      "t.ini:7: pressure.size: is set already, as net.size in "
		      "line 6\n");
}

TEST(wrong_settings)
{
#define FAIL "inject = fail_page_alloc"
	EXPECT_LINE_ERROR("inject.interval = 1",
			  "inject.interval: \"none\" has no keys\n");
	EXPECT_LINE_ERROR("pressure.target = 1min",
			  "pressure.target: \"none\" has no keys\n");
	EXPECT_LINE_ERROR(
		"inject.probabilty = 1\n" FAIL,
		"inject.probabilty: \"fail_page_alloc\" has no key "
		"\"probabilty\", did you mean \"probability\"?; " NO_KEY_OF_FAIL_PAGE_ALLOC);
	EXPECT_LINE_ERROR(
		"inject. = 1\n" FAIL,
		"inject.: \"fail_page_alloc\" has no key \"\"; " NO_KEY_OF_FAIL_PAGE_ALLOC);
	EXPECT_LINE_ERROR("inject.probability = 101\n" FAIL,
			  "inject.probability: \"101\"; allowed: 0 to 100\n");
	EXPECT_LINE_ERROR("inject.probability = 1 x\n" FAIL,
			  "inject.probability: \"x\"; allowed: 0 to 100\n");
	EXPECT_LINE_ERROR("inject.probability = 1 2 01\n" FAIL,
			  "inject.probability: \"01\" is named twice; once is "
			  "enough\n");
	EXPECT_LINE_ERROR("inject.probability =\n" FAIL,
			  "inject.probability: nothing; at least one value is "
			  "needed\n");
	EXPECT_LINE_ERROR("inject.interval = 0\n" FAIL,
			  "inject.interval: \"0\"; allowed: 1 or more\n");
	EXPECT_LINE_ERROR("inject.times = -2\n" FAIL,
			  "inject.times: \"-2\"; allowed: -1, or 0 to 1000\n");
	EXPECT_LINE_ERROR("inject.times = 1 2\n" FAIL,
			  "inject.times: \"1 2\"; allowed: one value, as this "
			  "key does not sweep\n");
	EXPECT_LINE_ERROR("inject.space = 2T\n" FAIL,
			  "inject.space: \"2T\"; allowed: 0 to 1T\n");
	EXPECT_LINE_ERROR("inject.verbose = maybe\n" FAIL,
			  "inject.verbose: \"maybe\"; allowed: Y or N\n");
	EXPECT_LINE_ERROR("pressure.target = min\npressure = anon",
			  "pressure.target: \"min\"; allowed: 0.05min to "
			  "20min\n");
	EXPECT_LINE_ERROR("pressure.target = 1.2\npressure = anon",
			  "pressure.target: \"1.2\"; allowed: 0.05min to "
			  "20min\n");
}

TEST(a_victim)
{
	ASSERT_PARSED(s, CLAIM "[phase *]\nvictim = veth\n" PHASE
			       "[phase b]\nvictim = veth+vlan\n"
			       "victim.passes = 2 5\n" EXPECT
			       "[phase c]\nvictim = none\n" EXPECT);

	ASSERT_EQ(4, s->nphases);
	EXPECT_STREQ("veth", s->phases[0].victim.ops->name);
	EXPECT_EQ(0, s->phases[0].victim.layers);
	EXPECT_EQ(1, lab_setting_get(s->phases[0].victim.settings, "passes"));
	EXPECT_STREQ("b[passes=2]", s->phases[1].name);
	EXPECT_STREQ("b[passes=5]", s->phases[2].name);
	EXPECT_EQ(5, lab_setting_get(s->phases[2].victim.settings, "passes"));
	EXPECT_EQ(1u << lab_layer_find("vlan"), s->phases[2].victim.layers);
	EXPECT_EQ(NULL, s->phases[3].victim.ops);
	EXPECT_STREQ("veth", lab_scenario_victim(s)->name);
	lab_scenario_free(s);
	ASSERT_PARSED(none, CLAIM PHASE);
	EXPECT_EQ(NULL, none->phases[0].victim.ops);
	EXPECT_EQ(NULL, lab_scenario_victim(none));
	lab_scenario_free(none);
}

static bool refused_as(const char *line, const char *said)
{
	char *text = NULL, *errors;
	bool is;

	if (asprintf(&text, CLAIM PHASE "%s\n", line) < 0)
		return false;
	errors = said_by(parse, text);
	is = !strncmp(errors, "t.ini:5: ", 9) && strstr(errors, said);
	if (!is)
		fprintf(stderr, "%s", errors);
	free(errors);
	free(text);
	return is;
}

TEST(wrong_victims)
{
	EXPECT_TRUE(
		refused_as("victim = e1000z",
			   "no victim 'e1000z'; there are e1000e, e1000, "));
	EXPECT_TRUE(refused_as("victim = veth+vlanx",
			       "no layer 'vlanx'; there are jumbo, vlan, "));
	EXPECT_TRUE(refused_as("victim = nvme+vlan",
			       "vlan is a layer of a wire, which nvme is not"));
	EXPECT_TRUE(refused_as("victim = nvme+ext4+xfs",
			       "a disk has one file system, not ext4 and xfs"));
	EXPECT_TRUE(refused_as(
		"victim = veth nvme",
		"victim: \"veth nvme\" are several; allowed: one victim"));
	EXPECT_TRUE(refused_as("victim = stress-ng", "takes arguments"));
	EXPECT_TRUE(refused_as("victim = program:./x",
			       "takes arguments (program:FILE"));
	EXPECT_TRUE(refused_as("victim = random",
			       "is said by free-first = random;"));
	EXPECT_LINE_ERROR("victim.passes = 2\n",
			  "victim.passes: \"none\" has no keys\n");
	EXPECT_ERRORS(CLAIM PHASE "victim = veth\nvictim.passes = 0\n",
		      "t.ini:6: victim.passes: \"0\"; allowed: 1 to 100\n");
	EXPECT_ERRORS(
		CLAIM PHASE "victim = veth\nvictim.pass = 2\n",
		"t.ini:6: victim.pass: \"veth\" has no key \"pass\", did you mean \"passes\"?; allowed: passes\n");
}

TEST(a_guest_has_the_devices_of_one_victim)
{
	EXPECT_ERRORS(
		CLAIM PHASE
		"victim = veth+vlan\n[phase b]\nvictim = nvme\n" EXPECT,
		"t.ini:7: victim: \"nvme\" in phase \"b\", but phase \"a\" has veth; allowed: one victim in all phases of a scenario, with other layers\n");
}

/* (2 * 96 - 48) / 2 = 72 MiB are what a phase may demand. */
TEST(a_victim_needs_memory)
{
	ASSERT_PARSED(s,
		      CLAIM "[guest]\nmemory = 96M\n" PHASE "victim = nvme\n");

	lab_scenario_free(s);
	EXPECT_ERRORS(
		CLAIM "[guest]\nmemory = 96M\n" PHASE "victim = zram\n",
		"t.ini:7: victim: phase \"a\" demands 128M of the [guest], most for its victim, which no kernel could give; allowed: up to 72M, or more memory\n");
}

TEST(wrong_defaults_are_told_once)
{
	EXPECT_ERRORS(
		CLAIM "[phase *]\norder = x\ninject.interval = 1\n"
		      "nonsense-key = 1\nexpect = each\n" PHASE
		      "[phase b]\n[phase c]\n",
		"t.ini:4: order: \"x\"" ORDERS
		"t.ini:5: inject.interval: \"none\" has no keys\n"
		"t.ini:6: nonsense-key: unknown key \"nonsense-key\"; " PHASE_KEYS
		"t.ini:7: expect: \"each\"; allowed: SCOPE METRIC "
		"OPERATOR VALUE, as in \"each success == 100%\"\n");
}

TEST(wrong_expectations)
{
	EXPECT_LINE_ERROR("expect = all ok > 0",
			  "expect: \"all\"; allowed: each, total\n");
	EXPECT_ERRORS(CLAIM PHASE "\n  each success == 100\n",
		      "t.ini:6: expect: \"100\"; allowed: 0% to 100%, with "
		      "the %, as success is a rate\n");
}

TEST(phases_like_others)
{
	struct lab_scenario *s = parse(CLAIM
				       "[phase *]\nburst = 3\nshots = 3\n"
				       "[phase a]\nshots = 7\nhold = 7\n"
				       "inject = fail_page_alloc\n"
				       "inject.probability = 10\n" EXPECT
				       "[phase b]\nlike = a\nhold = 8\n"
				       "[phase c]\nlike = b\ninject = none\n"
				       "expect = total ok > 9\n");
	const struct lab_phase *b, *c;

	ASSERT_NE(NULL, s);
	ASSERT_EQ(3, s->nphases);
	b = &s->phases[1];
	c = &s->phases[2];
	EXPECT_EQ(3, b->burst);
	EXPECT_EQ(7, b->shots);
	EXPECT_EQ(8, b->hold);
	EXPECT_EQ(10, lab_setting_get(b->inject, "probability"));
	EXPECT_EQ(1, b->nexpects);
	EXPECT_EQ(8, c->hold);
	EXPECT_STREQ("none", c->injector->name);
	ASSERT_EQ(2, c->nexpects);
	EXPECT_STREQ("total ok > 0", c->expects[0].words);
	lab_scenario_free(s);
}

TEST(phases_like_none)
{
#define LIKE(name)                                                         \
	"like: \"" name "\"; allowed: in a [phase NAME], the name of one " \
	"above it in the same file\n"
	EXPECT_ERRORS(CLAIM "[phase a]\nlike = b\n" EXPECT "[phase b]\n" EXPECT,
		      "t.ini:4: " LIKE("b"));
	EXPECT_ERRORS(CLAIM "[phase a]\nlike = a\n" EXPECT,
		      "t.ini:4: " LIKE("a"));
	EXPECT_ERRORS(CLAIM
		      "[phase *]\nshots = 1\n[phase a]\nlike = *\n" EXPECT,
		      "t.ini:6: " LIKE("*"));
	EXPECT_ERRORS(CLAIM PHASE "[phase *]\nlike = a\n",
		      "t.ini:6: " LIKE("a"));
}

TEST(schedules)
{
#define SCHEDULE(values)                                         \
	CLAIM "[phase a]\ninject = fail_page_alloc\nshots = 3\n" \
	      "inject.probability = 50\nschedule = " values "\n" EXPECT
	struct lab_scenario *s = parse(SCHEDULE("0 100 40"));

	ASSERT_NE(NULL, s);
	ASSERT_EQ(3, s->phases[0].nschedule);
	EXPECT_EQ(0, s->phases[0].schedule[0]);
	EXPECT_EQ(100, s->phases[0].schedule[1]);
	EXPECT_EQ(40, s->phases[0].schedule[2]);
	lab_scenario_free(s);
	EXPECT_ERRORS(SCHEDULE(""), "t.ini:7: schedule: 0 levels; allowed: 1 "
				    "to 32\n");
	EXPECT_ERRORS(SCHEDULE("1 2 3 4"),
		      "t.ini:7: schedule: 4 levels in phase \"a\", which has "
		      "shots = 3; allowed: at least a shot for each\n");
	EXPECT_ERRORS(SCHEDULE("1 101"),
		      "t.ini:7: schedule: \"101\"; allowed: percents from 0 "
		      "to 100, as in \"0 50 100\"\n");
	EXPECT_ERRORS(CLAIM "[phase a]\nschedule = 0 9\n" EXPECT,
		      "t.ini:4: schedule: phase \"a\" has inject = none; "
		      "allowed: with an injector that has a probability\n");
}

/* The OOM killer would have no choice, and the kernel would be blamed. */
TEST(what_a_guest_has_not_is_not_demanded)
{
#define GUEST(nodes, memory, cpus)                                 \
	CLAIM "[guest]\nnodes = " nodes "\nmemory = " memory "M\n" \
	      "cpus = " cpus "\n[phase a]\n" EXPECT "\n"
	ASSERT_PARSED(s, GUEST("2", "256", "2") "min-free = 232M\n");

	lab_scenario_free(s);
	EXPECT_ERRORS(
		GUEST("2", "256", "2") "min-free = 480M\n",
		"t.ini:10: min-free: phase \"a\" demands 480M of the [guest], "
		"most for its min-free, which no kernel could give; allowed: "
		"up to 232M, or more memory\n");
	/* Inherited, it is said where it was written. */
	EXPECT_ERRORS(
		CLAIM "[phase *]\nmin-free = 480M\n[phase a]\n" EXPECT "\n",
		"t.ini:4: min-free: phase \"a\" demands 480M of the [guest], "
		"most for its min-free, which no kernel could give; allowed: "
		"up to 232M, or more memory\n");
	/* 4096 elements of 32 KiB on each CPU. */
	EXPECT_ERRORS(
		GUEST("2", "256",
		      "2") "api = mempool\norder = 0-3\nreserve = 4096\n",
		"t.ini:12: reserve: phase \"a\" demands 256M of the [guest], "
		"most for its reserve, which no kernel could give; allowed: "
		"up to 232M, or more memory\n");
	EXPECT_ERRORS(GUEST("1", "64", "4") "hold = 1000000\n",
		      "t.ini:10: hold: phase \"a\" demands 61M of the [guest], "
		      "most for its hold, which no kernel could give; allowed: "
		      "up to 8M, or more memory\n");
	EXPECT_ERRORS(
		GUEST("1", "64", "4") "events = 65536\n",
		"t.ini:10: events: phase \"a\" demands 16M of the [guest], "
		"most for its events, which no kernel could give; allowed: "
		"up to 8M, or more memory\n");
	/* What fits one by one need not fit together. */
	EXPECT_ERRORS(
		GUEST("2", "256",
		      "2") "min-free = 200M\napi = mempool\norder = 3\nreserve = 1024\n",
		"t.ini:10: min-free: phase \"a\" demands 264M of the [guest], "
		"most for its min-free, which no kernel could give; allowed: "
		"up to 232M, or more memory\n");
}

/* What cannot hold of any kernel is no expectation: it is refused. */
TEST(binomial_needs_even_chances)
{
#define BINOMIAL(keys)                     \
	CLAIM "[phase a]\norder = 1-3\n"   \
	      "inject = fail_page_alloc\n" \
	      "inject.probability = 50\n"  \
	      "expect = each injected binomial 1e-6\n" keys "\n"
#define REFUSED(key)                                                      \
	"t.ini:8: inject." key                                            \
	": phase \"a\" expects \"each injected binomial 1e-6\", which "   \
	"holds only where each request fails with the same probability; " \
	"allowed: "
	ASSERT_PARSED(s, BINOMIAL("inject.interval = 1\n"
				  "inject.times = -1\n"
				  "inject.space = 0\n"
				  "inject.min-order = 1\n"));

	lab_scenario_free(s);
	EXPECT_ERRORS(BINOMIAL("inject.interval = 10"),
		      REFUSED("interval") "1, or another expectation\n");
	EXPECT_ERRORS(BINOMIAL("inject.interval = 1 10"),
		      REFUSED("interval") "1, or another expectation\n");
	EXPECT_ERRORS(BINOMIAL("inject.times = 7"),
		      REFUSED("times") "-1, or another expectation\n");
	EXPECT_ERRORS(BINOMIAL("inject.space = 4K"),
		      REFUSED("space") "0, or another expectation\n");
	EXPECT_ERRORS(BINOMIAL("inject.min-order = 2"),
		      REFUSED("min-order") "at most 1, or another "
					   "expectation\n");
	/* Values that were refused themselves are not looked at again. */
	EXPECT_EQ(NULL, parse(BINOMIAL("inject.times = 1 2")));
	/* Inherited, it holds for the phase that cannot have it. */
	EXPECT_ERRORS(CLAIM "[phase *]\ninject = fail_page_alloc\n"
			    "expect = each injected binomial 1e-6\n"
			    "[phase a]\ninject.probability = 50\n"
			    "inject.interval = 10\n",
		      "t.ini:8: inject.interval: phase \"a\" expects \"each "
		      "injected binomial 1e-6\", which holds only where each "
		      "request fails with the same probability; allowed: 1, "
		      "or another expectation\n");
}

TEST(bind)
{
	struct lab_scenario *s = parse(CLAIM "[phase a]\nbind = 0-1\n" EXPECT
					     "[phase b]\nbind = none\n" EXPECT);

	ASSERT_NE(NULL, s);
	EXPECT_EQ(3, s->phases[0].bind);
	EXPECT_EQ(0, s->phases[1].bind);
	lab_scenario_free(s);
	EXPECT_ERRORS(CLAIM "[phase a]\nbind = 2\n" EXPECT,
		      "t.ini:4: bind: phase \"a\" binds to node 2, but the "
		      "[guest] has 0 to 1\n");
	EXPECT_ERRORS(CLAIM "[phase a]\nbind = all\n" EXPECT,
		      "t.ini:4: bind: \"all\"; allowed: numbers and ranges "
		      "from 0 to 63, as in \"0-2 5\"\n");
}

TEST_HARNESS_MAIN
