/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cluster/bundle.h - what boots, known by its content and copied to nodes.
 *
 * The folder of a bundle is called as the SHA-256 of its content. It gets that
 * name by renaming when it is whole, in the shared folder and on each node.
 */
#ifndef LAB_BUNDLE_H
#define LAB_BUNDLE_H

#include "lab/lab.h"
#include "lib/sha256.h"

/*
 * The SHA-256 of the names and bytes of all that guests take from a bundle whose
 * guests have this program, or NULL. False after a message.
 */
bool lab_bundle_fingerprint(const struct lab_bundle *bundle,
			    const char *program, char hex[LAB_FINGERPRINT]);

/*
 * Copies it to the folder parent/HEX unless that is there. The copy is compared
 * with hex before it gets its name. 0 or a negative errno after a message;
 * -EBADMSG: the copy has another content.
 */
int lab_bundle_copy(const struct lab_bundle *bundle, const char *program,
		    const char *parent, const char *hex);

#endif /* LAB_BUNDLE_H */
