/* SPDX-License-Identifier: MIT */
#include "common/generators/gen_suffix.h"
#include "common/base/str.h"
#include "common/sql/sql.h"
#include "tests/unit/check.h"

static struct vtext text(const char *s)
{
	return (struct vtext){s, strlen(s)};
}

/* What a text becomes; "" where there is no room. */
static const char *put(
	char *to, const char *t, enum gen_suffix_kind kind, uint64_t number, uint32_t limit)
{
	size_t n = gen_suffix_put(to, text(t), kind, number, limit);

	to[n] = '\0';
	return to;
}

static void the_form_is_kept(void)
{
	char to[256];

	CHECK_STR(
		put(to, "ana.souza@example.com", SUFFIX_OF_RANK, 2, 99), "ana.souza2@example.com");
	CHECK_STR(put(to, "user12@example.com", SUFFIX_OF_RANK, 2, 99), "user12.2@example.com");
	CHECK_STR(put(to, "blue-chair", SUFFIX_OF_RANK, 13, 99), "blue-chair-13");
	CHECK_STR(put(to, "Ana Souza", SUFFIX_OF_RANK, 2, 99), "Ana Souza 2");
	CHECK_STR(put(to, "Ana Souza", SUFFIX_OF_ROW, 41, 99), "Ana Souza 041");
}

static void the_text_is_made_shorter_and_never_the_number(void)
{
	char to[256];

	CHECK_STR(put(to, "ana.souza@x.com", SUFFIX_OF_RANK, 1234, 15), "ana1234@x.com");
	CHECK_STR(put(to, "blue-chair", SUFFIX_OF_RANK, 12, 8), "blue-12");
	CHECK_STR(put(to, "João", SUFFIX_OF_RANK, 2, 5), "Joã-2");
	CHECK_STR(put(to, "João", SUFFIX_OF_RANK, 1234, 5), "");
	CHECK(!gen_suffix_fits(text("blue-chair"), 12, 12));
	CHECK(gen_suffix_fits(text("blue-chair"), 12, 13));
	CHECK(!gen_suffix_fits(text("blue-"), 12, 13));
}

/* What gen_suffix_put() makes is read again, and nothing else is. */
static void a_number_is_told_from_a_text(void)
{
	static const char *const texts[] = {
		"ana@x.com", "a1@x.com", "blue-chair", "Ana Souza", "x-2", "R2 D2", NULL};
	static const char *const none[] = {
		"ana", "x2", "x-0", "SKU-000123", "a.2@x.com", "12", "a_2", "", NULL};
	enum gen_suffix_kind kind;
	uint64_t number;
	char to[256], base[256];

	for (int i = 0; texts[i] != NULL; i++)
		for (int row = 0; row < 2; row++) {
			size_t n = gen_suffix_put(
				to, text(texts[i]), row ? SUFFIX_OF_ROW : SUFFIX_OF_RANK, 17, 99);

			n = gen_suffix_read((struct vtext){to, n}, base, &kind, &number);
			base[n] = '\0';
			CHECK_STR(base, texts[i]);
			CHECK(number == 17 && kind == (row ? SUFFIX_OF_ROW : SUFFIX_OF_RANK));
		}
	for (int i = 0; none[i] != NULL; i++)
		CHECK(gen_suffix_read(text(none[i]), base, &kind, &number) == 0);
}

static void equal_texts_have_equal_hashes(void)
{
	const unsigned both = SQL_EQUIV_CASE | SQL_EQUIV_BLANKS;

	CHECK(gen_suffix_hash(text("João"), 0, 1) != gen_suffix_hash(text("JOÃO"), 0, 1));
	CHECK(gen_suffix_hash(text("João"), SQL_EQUIV_CASE, 1) ==
		gen_suffix_hash(text("JOÃO"), SQL_EQUIV_CASE, 1));
	CHECK(gen_suffix_hash(text(" ana "), both, 1) == gen_suffix_hash(text("Ana"), both, 1));
	CHECK(gen_suffix_hash(text("ana"), both, 1) != gen_suffix_hash(text("ann"), both, 1));
	CHECK(gen_suffix_hash(text(""), 0, 1) != 0);
}

int main(void)
{
	the_form_is_kept();
	the_text_is_made_shorter_and_never_the_number();
	a_number_is_told_from_a_text();
	equal_texts_have_equal_hashes();
	return check_done();
}
