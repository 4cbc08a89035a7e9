// SPDX-License-Identifier: GPL-2.0-only
// __GFP_THISNODE is forgotten: the zonelist with fallback is taken for it too.
// verdict: node
@@
expression nid, gfp;
@@
- ac->zonelist = node_zonelist(nid, gfp);
+ ac->zonelist = node_zonelist(nid, gfp & ~__GFP_THISNODE);
