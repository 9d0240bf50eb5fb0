/* SPDX-License-Identifier: MIT */
#ifndef EVAL_PAIRS_H
#define EVAL_PAIRS_H

#include <stddef.h>

#include "common/base/arena.h"
#include "common/generators/locale.h"

/*
 * pairs: whether a text is made of words or of letters drawn at random, by its pairs of adjacent
 * letters: those of a language are few and frequent ("de", "er", "qu"), those of random letters
 * are all equally frequent.  A text's score is the mean, over its pairs, of how much more often
 * the pair stands in the words of a locale than it would if letters were drawn at random, as a
 * logarithm (the log-likelihood ratio of two Markov chains, Good 1956).  Texts that are
 * short, or are not letters for the most part, are not judged.
 */

struct pairs;

enum pairs_look { PAIRS_NO_TEXT, PAIRS_LIKE, PAIRS_UNLIKE };

/** pairs_new(l, a): of the lists of ${l}; NULL when memory is out. */
const struct pairs *pairs_new(const struct locale *l, struct arena *a);

/** pairs_judge(p, s, n): what the text looks like. */
enum pairs_look pairs_judge(const struct pairs *p, const char *s, size_t n);

#endif
