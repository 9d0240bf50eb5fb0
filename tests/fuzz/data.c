/* SPDX-License-Identifier: MIT */
/* Data in five encodings, of which the first byte chooses: blocks that come out have rows, and
 * UTF-8 where text was read. */
#include "common/codec/dec.h"
#include "tests/fuzz/fuzz.h"

static const struct {
	const char *name;
	enum data_format format;
} forms[] = {{"rows.csv", DATA_CSV}, {"rows.txt", DATA_TEXT}, {"rows.bin", DATA_BINARY},
	{"rows.jsonl", DATA_JSONL}, {"rows.csv.zst", DATA_CSV}};

static void on_problem(void *ctx, const struct dec_problem *p)
{
	(void)ctx;
	if (p->fault == DEC_FINE || p->fault >= DEC_FAULTS || dec_fault_text(p->fault) == NULL)
		abort();
}

static void read_rows(const struct pg_table *t, const char *path, enum data_format format)
{
	struct err e = {.kind = ERR_NONE};
	uint32_t cols[64];
	struct dec_spec s = {.table = t,
		.format = format,
		.cols = cols,
		.paths = &path,
		.npaths = 1,
		.report = on_problem};
	struct dec_block b;
	struct dec *d;

	for (uint32_t c = 0; c < t->ncolumns && c < 64; c++)
		cols[s.ncols++] = c;
	d = dec_open(&s, &e);
	while (d != NULL && dec_next(d, &b, &e) == 1)
		if (b.n == 0 || b.n > VEC_BLOCK)
			abort();
	dec_close(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	size_t form;

	fuzz_open();
	if (n == 0)
		return 0;
	form = p[0] % (sizeof(forms) / sizeof(forms[0]));
	read_rows(&fuzz_schema.tables[p[0] / 8 % fuzz_schema.ntables],
		fuzz_file(forms[form].name, p + 1, n - 1), forms[form].format);
	return 0;
}
