/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_FORM_INT_H
#define COMMON_GEN_FORM_INT_H

#include "common/base/divide.h"
#include "common/generators/gen_form.h"
#include "common/generators/gen_form_token.h"
#include "common/generators/gen_kit.h"

/*
 * gen_form_int: how a form becomes a generator: it is read into parts (gen_form_read.c), the parts
 * are made to fit a column (gen_parts_fit.c), and drawn (gen_parts.c).  gen_form_apart.c finds
 * texts that can be read in two ways.
 */

/* ---- parts ------------------------------------------------------------------------------ */

static inline bool part_is_words(const struct gen_part *p)
{
	return p->kind == PART_WORD || p->kind == PART_OTHER;
}

/** part_space(p): how many texts the part has, beside the parts before it. */
static inline uint64_t part_space(const struct gen_part *p)
{
	return p->kind == PART_LITERAL ? 1
	       : part_is_words(p)      ? (uint64_t)p->nwords - (p->kind == PART_OTHER)
				       : p->count;
}

/* What forms share that are made together: of the same words slots, tables and lengths. */
struct parts_shared {
	struct parts_made *made;
	struct parts_lengths *lengths;
	struct arena *a;
};

/** parts_fit(p, n, lim, shared): leave out words, from copies in shared->a, until every text has a
 *  length within the limits.  1; 0: there is no such text; -1 when memory is out. */
int parts_fit(struct gen_part *p, uint32_t n, struct gen_limits lim, struct parts_shared *shared);

/** part_keep(p, keep, a): have the part only the words i with keep[i]; false when memory is out. */
bool part_keep(struct gen_part *p, const bool *keep, struct arena *a);

/* ---- forms as they are read ------------------------------------------------------------------ */

struct form {
	struct gen_part *part;
	uint32_t nparts;
	uint64_t weight; /* beside the others'; 0: only where these do not suffice */
};

enum { FORMS_MAX = 512 };

/* The words of a token of a locale, made once for all forms that are read together, or, with a
 * memo, for all forms. */
struct form_words {
	const struct locale *l;
	const char *token;
	size_t n;
	struct gen_part part; /* PART_WORD */
	const struct form_words *next;
};

struct form_reader {
	const char *id; /* of the generator, for messages */
	const struct locale *l;
	struct arena *a;
	struct err *e;
	struct gen_memo *memo;	/* or NULL */
	struct arena *words_in; /* the memo's, or ${a} */
	const struct form_words *words;
	struct form form[FORMS_MAX];
	uint32_t n;
};

/** form_read_key(r, key): add the forms of the key to r->form.  form_read(r, form, weight): add one
 *  form, and what its nested ones make of it.  0; -1 with r->e, ERR_NO for what the data says. */
int form_read_key(struct form_reader *r, const char *key);
int form_read(struct form_reader *r, const char *form, uint64_t weight);

/** form_words(r, t): the words of a cell; NULL with r->e. */
const struct gen_part *form_words(struct form_reader *r, const struct form_token *t);

/* ---- what is remembered of them -----------------------------------------------------------------
 */

/* What decides which generator a column gets from forms, where checks say nothing of its texts. */
struct form_wish {
	const struct locale *l;
	const char *key;	  /* whose forms they are; or ... */
	const char *const *forms; /* ... the ${n} forms themselves */
	uint32_t n;
	struct gen_limits lim;
	bool distinct;
	uint64_t rows; /* of a unique column; 0: it is not */
};

struct gen_memo;

/** form_memo_get(m, wish, g): have ${g} be as one that was remembered; false: there is none.
 *  form_memo_put(m, wish, g): remember it; its state is in the arena of ${m}.  false when memory is
 *  out. */
bool form_memo_get(const struct gen_memo *m, const struct form_wish *wish, struct gen *g);
bool form_memo_put(struct gen_memo *m, const struct form_wish *wish, const struct gen *g);

/** form_memo_words(m): the words that are known; form_memo_keep_words(m, w): these are. */
const struct form_words *form_memo_words(const struct gen_memo *m);
void form_memo_keep_words(struct gen_memo *m, const struct form_words *w);

struct arena *form_memo_arena(const struct gen_memo *m);

/* ---- texts that can be read in two ways -------------------------------------------------------
 */

/* What comparing forms needs, from one to the next: APART_INIT before, apart_free() after. */
struct apart {
	struct arena tmp;
	struct apart_sorted *sorted;
};

#define APART_INIT ((struct apart){ARENA_INIT, NULL})

static inline void apart_free(struct apart *t)
{
	arena_free(&t->tmp);
}

/** form_apart(f, g, t): whether no text of the one is a text of the other.  1, 0, or -1 when memory
 *  is out. */
int form_apart(const struct form *f, const struct form *g, struct apart *t);

/** form_settle(f, t, a): leave out words until no two choices of words and numbers make the same
 *  text; words that stay are in ${a}.  1; 0: that cannot be; -1 when memory is out. */
int form_settle(struct form *f, struct apart *t, struct arena *a);

/* ---- drawing ------------------------------------------------------------------------------------
 */

/* A word that is copied whole, as most are, has its bytes and its length in one place. */
enum { WORD_SLOT = 32 };

struct word {
	char text[WORD_SLOT - 1];
	uint8_t n;
};

/* A part as it is drawn.  A literal is one word, or is in front of each of the next part's. */
struct step {
	enum gen_part_kind kind;
	uint32_t width, count; /* count: of words */
	uint64_t from;
	struct divisor base;		/* texts of the part */
	const struct word *slots;	/* NULL: some word does not fit ... */
	bool bare;			/* of slots: each is TEXT_BARE */
	const struct vtext *words;	/* ... and they are here */
	const struct gen_place *places; /* by weight; NULL: each as often as any other */
};

struct parts {
	uint32_t n;
	struct step *step;
	uint64_t space;
	uint32_t max_bytes;
	bool bare; /* its texts are TEXT_BARE */
};

/** parts_make(s, p, n, shared): the parts as steps; false when memory is out. */
bool parts_make(struct parts *s, const struct gen_part *p, uint32_t n, struct parts_shared *shared);

/** parts_put(s, x, to): the text of index ${x} < s->space, its end.  Distinct indexes make distinct
 *  texts if the parts can be told apart in the text.  At most s->max_bytes + WORD_SLOT bytes are
 *  written. */
char *parts_put(const struct parts *s, uint64_t x, char *to);

/** parts_put_many(s, bits, n, to, out): ${n} <= PARTS_MANY texts, each of which 64 random bits
 *  choose, by weight; one behind the other, the end of the last.  ${bits} are used up. */
enum { PARTS_MANY = 64 };
char *parts_put_many(
	const struct parts *s, uint64_t *bits, uint32_t n, char *to, struct vtext *out);

#endif
