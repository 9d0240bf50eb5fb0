/* SPDX-License-Identifier: MIT */
/*
 * Linked into what scripts/coverage builds (-Wl,--wrap=_exit,--wrap=raise): workers end by _exit(),
 * and stages that are stopped by raise() in their handler, which would leave what they have counted
 * unwritten.
 */
void __gcov_dump(void);
int __real_raise(int number);
int __wrap_raise(int number);
_Noreturn void __real__exit(int status);
_Noreturn void __wrap__exit(int status);

_Noreturn void __wrap__exit(int status)
{
	__gcov_dump();
	__real__exit(status);
}

int __wrap_raise(int number)
{
	__gcov_dump();
	return __real_raise(number);
}
