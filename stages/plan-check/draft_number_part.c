/* SPDX-License-Identifier: MIT */
/*
 * Numbers of a row of which one is a part of the other: no more are produced than were planned,
 * sold than there are, in a class than it has seats. The words say which is which.
 */
#include "stages/plan-check/draft_number.h"

#include <string.h>

/* Words for a whole and for parts of it, and how large such a part is. A whole that is alone in its
 * name (capacity) has parts with any name. */
struct parts {
	const char *whole, *part, *times, *why;
};

static const struct parts shares[] = {
	{"planned expected target planejado esperado previsto programado budgeted forecast "
	 "estimado "
	 "estimated scheduled ordered pedido solicitado requested contratado "
	 "booked reservado",
		"actual real realizado presente present attended produced produzido done completed "
		"executado effective efetivo received recebido delivered entregue shipped enviado "
		"attended atendido picked fulfilled boarded embarcado",
		"choice(0.72, 0.85, 0.92, 0.96, 1, 1, 1)", "about what was planned"},
	{"planned ordered produced planejado produzido total sample amostra issued inspected "
	 "tested "
	 "received recebido sent enviado size tamanho",
		"scrapped scrap refugado refugo rejected rejeitado defective defect defeito failed "
		"damaged danificado lost perdido returned devolvido bounced broken quebrado",
		"choice(0, 0, 0.01, 0.02, 0.03, 0.06)", "a small part of it"},
	{"capacity capacidade vaga seat lotacao available disponivel total limit limite max "
	 "maximum "
	 "quota allotment bed leito slot estoque allocated allowed",
		"sold vendido inscrito enrolled enrollment matriculado registered registration "
		"occupied ocupado used usado reserved reservado booked attendee assigned "
		"filled preenchido present participante redeemed consumed consumido checkin",
		"choice(0.2, 0.45, 0.6, 0.75, 0.9, 1)", "a part of what there is"},
	{"parcela installment instalment term payment prestacao total", "pago paid quitado made",
		"choice(0.1, 0.25, 0.4, 0.5, 0.7, 0.9)", "a part of them"},
	{"played match jogo disputado game partida",
		"won win vitoria lost loss derrota drawn draw empate",
		"choice(0.2, 0.3, 0.35, 0.4)", "a part of what was played"},
	{"due devido charged cobrado billed faturado",
		"paid pago paga received recebido collected quitado",
		"choice(1, 1, 1, 1, 1, 0.5, 0)", "most of it is paid"},
	{"aquisicao acquisition purchase original compra",
		"residual contabil book net salvage acumulado accumulated depreciado atual current",
		"choice(0.1, 0.25, 0.4, 0.6, 0.8)", "a part of what was paid"},
	{"sent enviado impression delivered",
		"opened aberto click clique clicked conversion conversao",
		"choice(0.05, 0.1, 0.2, 0.3)", "a part of what was sent"},
};

/* Whether one of the words is in the name; the others but idle ones in ${left}. */
static bool has_one(const char *list, const char *words, char left[ROLE_WORDS])
{
	static const char idle[] =
		"quantidade number numero quantity total amount valor of de em count n unit ";
	bool found = false;
	size_t n = 1;

	left[0] = '_';
	for (const char *p = words + 1; *p != '\0'; p += strcspn(p, "_") + 1) {
		size_t len = strcspn(p, "_") + 1;
		char one[ROLE_WORDS];

		one[0] = '_';
		memcpy(one + 1, p, len);
		one[len + 1] = '\0';
		if (role_has(list, one)) {
			found = true;
		} else if (!role_has(idle, one)) {
			memcpy(left + n, p, len);
			n += len;
		}
	}
	left[n] = '\0';
	return found;
}

/* The whole of the part ${c}: a column before it. -1: there is none. */
static int whole_of(const struct draft_table *dt, uint32_t c, const struct parts *p)
{
	char words[ROLE_WORDS], left[ROLE_WORDS], other[ROLE_WORDS];
	int found = -1;

	role_words(dt->t->columns[c].name, words);
	if (!has_one(p->part, words, left))
		return -1;
	for (uint32_t k = 0; k < c; k++) {
		role_words(dt->t->columns[k].name, words);
		if (!role_of_kind("number ", dt->columns[k].kind) ||
			(number_is_whole(dt, c) && !number_is_whole(dt, k)) ||
			role_is(dt->columns[k].m.role, "money") !=
				role_is(dt->columns[c].m.role, "money") ||
			!has_one(p->whole, words, other))
			continue;
		if (strcmp(left, other) == 0 || other[1] == '\0' || left[1] == '\0')
			found = (int)k;
	}
	return found;
}

static void part_of(struct draft *d, struct draft_table *dt, uint32_t c, const struct parts *p)
{
	int whole = whole_of(dt, c, p);

	if (whole == -1 || role_is(dt->columns[c].m.role, "percent") ||
		role_is(dt->columns[whole].m.role, "percent"))
		return;
	number_write(d, dt, (int)c,
		draft_textf(d, "round((%s * %s)::numeric, %d)", number_sql(d, dt, (uint32_t)whole),
			p->times, number_is_whole(dt, c) ? 0 : 2),
		draft_textf(d, "%s, %s", dt->t->columns[whole].name, p->why));
}

/* What is left of what was due. */
static void balance_of(struct draft *d, struct draft_table *dt)
{
	int due = number_at(dt, NUMBER_DUE), paid = number_at(dt, NUMBER_PAID),
	    left = draft_kind_of(dt, "balance");

	if (due != -1 && paid != -1 && left != -1 && number_at(dt, NUMBER_TOTAL) == -1)
		number_write(d, dt, left,
			draft_textf(d, "%s - %s", number_sql(d, dt, (uint32_t)due),
				number_sql(d, dt, (uint32_t)paid)),
			"what was due less what was paid");
}

void number_parts(struct draft *d, struct draft_table *dt)
{
	balance_of(d, dt);
	for (uint32_t c = 0; c < dt->t->ncolumns; c++)
		for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); i++)
			if (draft_free(dt, c) && role_of_kind("number ", dt->columns[c].kind))
				part_of(d, dt, c, &shares[i]);
}
