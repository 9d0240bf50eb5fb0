/* SPDX-License-Identifier: MIT */
#ifndef COMMON_STAGE_MEMORY_H
#define COMMON_STAGE_MEMORY_H

/** stage_memory(): have jansson end the process, with the line and the status of an error, where
 *  memory is out. */
void stage_memory(void);

#endif
