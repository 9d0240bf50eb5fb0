/* SPDX-License-Identifier: MIT */
#ifndef COMMON_VERSION_H
#define COMMON_VERSION_H

/* version: of the tool, as artefacts and --version name it. */
#define DATALCHEMY_VERSION "0.1.0"

#endif
