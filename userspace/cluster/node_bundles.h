/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cluster/node_bundles.h - the copies of bundles that a node has, of which those
 * that were used last stay.
 *
 * A task holds its bundle while it lasts. Beside the copy HEX lies the file
 * .HEX.used, which tasks lock, shared, with flock(2), and whose time is that of the
 * last use.
 */
#ifndef LAB_NODE_BUNDLES_H
#define LAB_NODE_BUNDLES_H

#include <stddef.h>

/* So many stay. One takes some 30 MiB, and its saved guests as much again. */
#define LAB_NODE_BUNDLES 16

/*
 * Holds the bundle hex of the folder parent, whether there is a copy yet or not,
 * until the descriptor is closed. A descriptor or a negative errno.
 */
int lab_node_bundle_hold(const char *parent, const char *hex);

/*
 * Removes copies that nobody holds, those that were used longest ago first, until
 * there are no more than keep. How many were removed.
 */
size_t lab_node_bundles_trim(const char *parent, size_t keep);

#endif /* LAB_NODE_BUNDLES_H */
