/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LAB_APIS_H
#define LAB_APIS_H

#include "internal.h"

#define LAB_DECLARE(id, name, call) extern const struct lab_api lab_api_##name;
LAB_APIS(LAB_DECLARE)
#undef LAB_DECLARE

#endif /* LAB_APIS_H */
