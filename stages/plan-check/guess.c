/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/guess.h"

#include <stdio.h>
#include <string.h>

/* Lists of words end with a blank.  A name has a word when it is one of the parts that _, capitals
 * and digits divide it into; a_b in a list is two parts in a row. */
static const struct known {
	const char *words;  /* one of them in the column's name */
	const char *tables; /* and one of these is the table's; NULL: any table */
	bool whole;	    /* the column's name is nothing else */
	const char *generator;
	const char *elsewhere; /* the one for other locales than pt_BR; NULL: the same */
} known[] = {
	{"email mail e_mail ", NULL, false, "semantic.br.email.safe", "semantic.person.email"},
	{"cpf ", NULL, false, "semantic.br.cpf", NULL},
	{"cnpj ", NULL, false, "semantic.br.cnpj", NULL},
	{"rg ", NULL, true, "semantic.br.rg", NULL},
	{"ssn social_security ", NULL, false, "semantic.us.ssn", NULL},
	{"ein ", NULL, true, "semantic.us.ein", NULL},
	{"cep zip zipcode zip_code postcode postal_code ", NULL, false, "semantic.br.cep",
		"semantic.address.postcode"},
	{"uf state estado state_code ", NULL, true, "semantic.br.uf",
		"semantic.address.state_abbr"},
	{"cidade city municipio ", NULL, true, "semantic.br.city", "semantic.address.city"},
	{"endereco logradouro rua street address street_address address_line ", NULL, true,
		"semantic.br.address", "semantic.address.line"},
	{"telefone celular fone whatsapp phone mobile ", NULL, false, "semantic.br.phone",
		"semantic.person.phone"},
	{"ip ip_address ", NULL, true, "semantic.br.ip", "semantic.internet.ipv4"},
	{"url website homepage ", NULL, false, "semantic.br.url", "semantic.internet.url"},
	{"site ", NULL, true, "semantic.br.url", "semantic.internet.url"},
	{"razao_social nome_fantasia company_name empresa company ", NULL, true,
		"semantic.br.company.name", "semantic.company.name"},
	{"first_name given_name primeiro_nome ", NULL, true, "semantic.person.first_name", NULL},
	{"last_name family_name surname sobrenome ", NULL, true, "semantic.person.last_name", NULL},
	{"full_name nome_completo person_name nome_contato contact_name customer_name "
	 "nome_cliente ",
		NULL, true, "semantic.br.name", "semantic.person.name"},
	{"nome name ",
		"empresa empresas company companies fornecedor fornecedores supplier suppliers "
		"organization organizations tenant tenants ",
		true, "semantic.br.company.name", "semantic.company.name"},
	{"nome name ",
		"pessoa pessoas person persons people usuario usuarios user users cliente clientes "
		"customer customers contato contatos contact contacts funcionario funcionarios "
		"employee employees lead leads paciente pacientes patient patients aluno alunos "
		"student students autor autores author authors vendedor vendedores member members ",
		true, "semantic.br.name", "semantic.person.name"},
	{"nome name titulo title ", "produto produtos product products item items ", true,
		"semantic.br.product.name", "semantic.product.name"},
	{"username user_name login ", NULL, true, "semantic.person.username", NULL},
	{"observacao observacoes obs anotacao anotacoes note notes remark remarks ", NULL, true,
		"semantic.text.note", NULL},
	{"comentario comentarios comment comments review ", NULL, true, "semantic.text.comment",
		NULL},
	{"descricao description ", NULL, true, "semantic.text.description", NULL},
	{"conteudo content body mensagem message ", NULL, true, "semantic.text.paragraph", NULL},
	{"bairro district neighborhood ", NULL, true, "semantic.address.district", NULL},
	{"pais country country_name ", NULL, true, "semantic.address.country", NULL},
	{"profissao profession occupation ", NULL, true, "semantic.company.profession", NULL},
	{"job_title cargo ", NULL, true, "faker.job.raw.Title", NULL},
	{"departamento department ", NULL, true, "semantic.company.department", NULL},
};

/* a moment that comes no earlier than another of the same row */
static const struct later {
	const char *words, *before, *generator;
} later[] = {
	{"updated_at modified_at deleted_at archived_at ", "created_at ",
		"derive.updated_after_created"},
	{"data_atualizacao ", "data_criacao ", "derive.updated_after_created"},
	{"atualizado_em ", "criado_em ", "derive.updated_after_created"},
	{"ended_at end_at ", "started_at start_at ", "derive.end_after_start"},
	{"end_date data_fim ", "start_date data_inicio ", "derive.end_after_start"},
};

enum { PARTS_MAX = 256 };

static bool lower(char c)
{
	return c >= 'a' && c <= 'z';
}

/* ${name} as parts with a _ in front of each and one at the end. */
static void parts(const char *name, char to[PARTS_MAX])
{
	size_t n = 0;

	to[n++] = '_';
	for (char last = '_'; *name != '\0' && n < PARTS_MAX - 3; last = *name++) {
		bool upper = *name >= 'A' && *name <= 'Z';

		if (upper && lower(last))
			to[n++] = '_';
		if (upper)
			to[n++] = (char)(*name - 'A' + 'a');
		else if (lower(*name) || (unsigned char)*name >= 128)
			to[n++] = *name;
		else if (to[n - 1] != '_')
			to[n++] = '_';
	}
	if (to[n - 1] != '_')
		to[n++] = '_';
	to[n] = '\0';
}

/* Whether one of ${words} is among the ${parts}, or, if ${whole}, is all of them. */
static bool has(const char *words, const char *all, bool whole)
{
	for (const char *w = words; *w != '\0'; w = strchr(w, ' ') + 1) {
		char as[64] = "_";
		size_t n = (size_t)(strchr(w, ' ') - w);

		memcpy(as + 1, w, n);
		memcpy(as + 1 + n, "_", 2);
		if (whole ? strcmp(all, as) == 0 : strstr(all, as) != NULL)
			return true;
	}
	return false;
}

static bool is_moment(enum pg_class c)
{
	return c == PG_DATE || c == PG_TIMESTAMP || c == PG_TIMESTAMPTZ;
}

/* whether a rule may say what is in it */
static bool open_to(const struct pg_table *t, uint32_t c)
{
	const struct pg_column *col = &t->columns[c];

	if (col->identity != PG_IDENTITY_NONE || col->generated != NULL || col->sequence != NULL)
		return false;
	for (uint32_t i = 0; i < t->ncons; i++)
		for (uint32_t k = 0; t->cons[i].kind == PG_CON_FOREIGN && k < t->cons[i].ncols; k++)
			if (t->cons[i].cols[k] == c)
				return false;
	return true;
}

static int column_named(const struct pg_table *t, const char *words)
{
	char name[PARTS_MAX];

	for (uint32_t c = 0; c < t->ncolumns; c++) {
		parts(t->columns[c].name, name);
		if (has(words, name, true))
			return (int)c;
	}
	return -1;
}

static bool guess_one(const struct pg_table *t, const char *table, uint32_t c, const char *locale,
	struct guess *g)
{
	const struct pg_column *col = &t->columns[c];
	enum pg_class cls = pg_base_of(col->type, col->typmod).type->cls;
	char name[PARTS_MAX];

	*g = (struct guess){.table = t, .column = c, .after = -1};
	parts(col->name, name);
	for (size_t i = 0; pg_class_is_text(cls) && i < sizeof(known) / sizeof(known[0]); i++) {
		const struct known *k = &known[i];

		if (!has(k->words, name, k->whole) ||
			(k->tables != NULL && !has(k->tables, table, true)))
			continue;
		g->generator = k->elsewhere != NULL && strcmp(locale, "pt_BR") != 0 ? k->elsewhere
										    : k->generator;
		return true;
	}
	for (size_t i = 0; is_moment(cls) && i < sizeof(later) / sizeof(later[0]); i++) {
		if (!has(later[i].words, name, true) ||
			(g->after = column_named(t, later[i].before)) == -1)
			continue;
		g->generator = later[i].generator;
		return true;
	}
	return false;
}

/* The place in ${back} of the child's column that column i of ${con} refers to, if that refers back
 * to the same column of the table; back->ncols: it does not. */
static uint32_t back_at(
	const struct pg_constraint *con, uint32_t i, const struct pg_constraint *back)
{
	uint32_t k = 0;

	while (k < back->ncols &&
		(back->cols[k] != con->ref_cols[i] || back->ref_cols[k] != con->cols[i]))
		k++;
	return k;
}

bool guess_own_child(const struct pg_table *t, const struct pg_constraint *con, uint32_t *column,
	const struct pg_constraint **back)
{
	const struct pg_table *child = con->kind == PG_CON_FOREIGN ? con->ref : NULL;

	for (uint32_t f = 0; child != NULL && child != t && f < child->ncons; f++) {
		uint32_t others = 0;

		*back = &child->cons[f];
		if ((*back)->kind != PG_CON_FOREIGN || (*back)->ref != t ||
			con->ncols != (*back)->ncols + 1)
			continue;
		for (uint32_t i = 0; i < con->ncols; i++)
			if (back_at(con, i, *back) == (*back)->ncols) {
				*column = i;
				others++;
			}
		if (others == 1)
			return true;
	}
	return false;
}

/* A key to the row's own child: the child with the least value is the one.  Of texts and uuids none
 * is the least here. */
static bool guess_child(const struct pg_table *t, const struct pg_constraint *con, struct guess *g)
{
	const struct pg_column *col;
	uint32_t at, uses = 0;
	uint8_t scale;

	*g = (struct guess){.table = t, .after = -1, .own = con, .generator = "derive.children"};
	if (!guess_own_child(t, con, &at, &g->back))
		return false;
	g->column = con->cols[at];
	col = &t->columns[g->column];
	for (uint32_t i = 0; i < t->ncons; i++)
		uses += t->cons[i].kind == PG_CON_FOREIGN &&
			pg_has_column(t->cons[i].cols, t->cons[i].ncols, g->column);
	return uses == 1 && col->generated == NULL &&
	       vec_is_ordinal(pg_vtype(pg_base_of(col->type, col->typmod), &scale)) &&
	       pg_column_not_null(&con->ref->columns[con->ref_cols[at]]);
}

/* Words for how deep a row of a tree is. */
static bool is_depth(const struct pg_table *t, uint32_t c)
{
	static const char words[] = "depth level lvl tree_depth tree_level nivel profundidade ";
	char name[PARTS_MAX];

	parts(t->columns[c].name, name);
	return has(words, name, true);
}

int guess_table(const struct pg_table *t, const struct sql_domain *dom, const char *locale,
	struct guess **out, struct arena *a)
{
	char name[PARTS_MAX];
	int n = 0;

	if ((*out = arena_array(a, (size_t)t->ncolumns + t->ncons + 1, sizeof(**out))) == NULL)
		return -1;
	parts(t->name, name);
	for (uint32_t c = 0; c < t->ncolumns; c++)
		n += open_to(t, c) &&
		     (guess_one(t, name, c, locale, &(*out)[n]) ||
			     (is_depth(t, c) && guess_depth(t, c, dom, &(*out)[n], a)));
	for (uint32_t i = 0; i < t->ncons; i++)
		n += guess_child(t, &t->cons[i], &(*out)[n]);
	return n;
}

/* The parameters of derive.children, for a key to the row's own child. */
static void put_child(struct jsonw *j, const struct guess *g)
{
	const struct pg_table *child = g->own->ref;
	enum { NAME = 64 }; /* bytes of a name of PostgreSQL's, as it is compiled by default */
	char name[2 * NAME], expr[2 * NAME + 2], *to = expr;
	uint32_t at = 0;

	while (g->own->cols[at] != g->column)
		at++;
	(void)snprintf(name, sizeof(name), "%s.%s", child->schema, child->name);
	*to++ = '"';
	for (const char *p = child->columns[g->own->ref_cols[at]].name;
		*p != '\0' && to < expr + sizeof(expr) - 3; p++) {
		if (*p == '"')
			*to++ = '"';
		*to++ = *p;
	}
	*to++ = '"';
	*to = '\0';
	jw_key(j, "params");
	jw_object(j);
	jw_kstr(j, "child", name);
	jw_kstr(j, "foreign_key", g->back->name);
	jw_kstr(j, "aggregate", "min");
	jw_kstr(j, "expr", expr);
	jw_end(j);
}

void guess_put(struct jsonw *j, const struct guess *g)
{
	jw_object(j);
	jw_kstr(j, "type", "column_generator");
	jw_kstr(j, "schema", g->table->schema);
	jw_kstr(j, "table", g->table->name);
	jw_kstr(j, "column", g->table->columns[g->column].name);
	if (g->expr != NULL) {
		jw_key(j, "generator");
		jw_object(j);
		jw_kstr(j, "id", g->generator);
		jw_key(j, "params");
		jw_object(j);
		jw_kstr(j, "expr", g->expr);
		jw_end(j);
		jw_end(j);
	} else if (g->own != NULL) {
		jw_key(j, "generator");
		jw_object(j);
		jw_kstr(j, "id", g->generator);
		put_child(j, g);
		jw_end(j);
	} else {
		jw_kstr(j, "generator", g->generator);
	}
	if (g->after >= 0) {
		jw_key(j, "params");
		jw_object(j);
		jw_key(j, "input_columns");
		jw_array(j);
		jw_str(j, g->table->columns[g->after].name);
		jw_end(j);
		jw_end(j);
	}
	jw_end(j);
}
