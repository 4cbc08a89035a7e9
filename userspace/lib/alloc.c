// SPDX-License-Identifier: GPL-2.0-only
/* lib/alloc.c - see lib/alloc.h. */
#include "alloc.h"

int lab_out_of_memory = LAB_HARNESS;
