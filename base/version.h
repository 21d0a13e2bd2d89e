/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Which program this is, for the report. Only version.c changes with each commit. */
#ifndef BASE_VERSION_H
#define BASE_VERSION_H

extern const char iovet_version[];	/* "0.1" */
extern const char iovet_build[];	/* the commit, with "-dirty" if the tree differs from it */

#endif
