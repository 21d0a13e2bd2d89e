/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "base/version.h"

#include "build/version.h"

const char iovet_version[] = IOVET_VERSION;
const char iovet_build[] = IOVET_BUILD;
