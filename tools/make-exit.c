/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * An extension of GNU make, loaded by the Makefile: $(exit-with N) ends make with exit status N. By
 * itself make turns every failure of a recipe into status 2, and the statuses of a run say more.
 */
#include <gnumake.h>
#include <stdio.h>
#include <stdlib.h>

int plugin_is_GPL_compatible;
int make_exit_setup(void);

static char *exit_with(const char *name, unsigned argument_count, char **arguments)
{
	(void)name;
	(void)argument_count;
	fflush(NULL);
	exit(atoi(arguments[0]));
}

int make_exit_setup(void)
{
	gmk_add_function("exit-with", exit_with, 1, 1, GMK_FUNC_DEFAULT);
	return 1;
}
