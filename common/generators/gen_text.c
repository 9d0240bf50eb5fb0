/* SPDX-License-Identifier: MIT */
/*
 * Short texts that applications hold, and names of what they keep records of. All
 * of them are forms of the locale (common/data/LOCALE/forms.txt), each under the
 * key that the generator's row names. Where a generator has the parameter "of",
 * its forms are those of the key with the parameter's value behind it: a title of
 * a ticket is made of the forms text_title_ticket.
 */
#include <string.h>

#include "common/base/err.h"
#include "common/generators/gen_faker.h"

/* The first value that the parameter "of" may have, which is the one that it has by default. */
static const char *default_of(const struct gen_op *op, struct arena *a)
{
	const struct gen_param *p = gen_param_named(op->params, "of");

	return arena_strndup(a, p->one_of, strcspn(p->one_of, " "));
}

/*
 * The key of the forms. The texts of goods and of those who bought them are older
 * than the parameter: their forms are found under the key without "text_".
 */
static const char *key_of(const struct gen_op *op, const msgpack_object *params, struct arena *a)
{
	static const char *const first[][3] = {{"text_comment", "review", "comment"},
		{"text_description", "product", "description"}};
	const char *of = NULL;

	if (gen_param_named(op->params, "of") == NULL)
		return op->makes;
	if (!gen_arg_string(params, "of", a, &of))
		of = default_of(op, a);
	for (size_t i = 0; of != NULL && i < sizeof(first) / sizeof(first[0]); i++)
		if (strcmp(op->makes, first[i][0]) == 0 && strcmp(of, first[i][1]) == 0)
			return first[i][2];
	return of == NULL ? NULL : arena_printf(a, "%s_%s", op->makes, of);
}

static int make_text(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	const char *key = key_of(g->op, params, a);

	return key == NULL ? err_nomem(e) : gen_form(g, c, gen_own_locale(g, c), key, a, e);
}

static int prepare_text(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	return gen_narrow(g, c, params, make_text, a, e);
}

/* A parameter "of", before those that narrow texts; the first of its values is the default. */
#define OF_PARAM(values, first)                                                                    \
	{                                                                                          \
		"of", GP_STRING, GP_OPTIONAL, first, "what it is of", .one_of = values             \
	}

static const struct gen_param title_params[] = {
	OF_PARAM("article task ticket event deal review document message", "article"),
	GEN_NARROW_PARAMS,
	{0},
};
static const struct gen_param reason_params[] = {
	OF_PARAM("cancel refund reject loss change", "cancel"),
	GEN_NARROW_PARAMS,
	{0},
};
static const struct gen_param comment_params[] = {
	OF_PARAM("review praise complaint task post", "review"),
	GEN_NARROW_PARAMS,
	{0},
};
static const struct gen_param description_params[] = {
	OF_PARAM("product project task ticket event course role payment item", "product"),
	GEN_NARROW_PARAMS,
	{0},
};
static const struct gen_param animal_params[] = {
	OF_PARAM("species pet", "species"),
	GEN_NARROW_PARAMS,
	{0},
};

#define TEXT_OP(name, what, text, parameters)                                                      \
	{                                                                                          \
		.id = name, .makes = what, .help = text, .params = parameters,                     \
		.families = GF_TEXT, .locale = GEN_LOCALES, .prepare = prepare_text,               \
		.value = gen_draw_value                                                            \
	}
#define TEXT(name, text) TEXT_OP("semantic.text." #name, "text_" #name, text, gen_narrow_params)
#define NAME(name, text) TEXT_OP("semantic.name." #name, "name_" #name, text, gen_narrow_params)

const struct gen_op gen_text_ops[] = {
	TEXT(answer, "what somebody answers a question"),
	TEXT(bio, "what somebody says of themselves"),
	TEXT_OP("semantic.text.comment", "text_comment",
		"what a customer, a colleague or a reader says", comment_params),
	TEXT_OP("semantic.text.description", "text_description", "what describes a thing",
		description_params),
	TEXT(error_message, "what a program says when something fails"),
	TEXT(instruction, "what is to be done with a parcel, a thing or a task"),
	TEXT(label, "a label, as it is put on things: In review"),
	TEXT(log_line, "a line of a log, without its time"),
	TEXT(question, "what somebody asks"),
	TEXT_OP("semantic.text.reason", "text_reason", "why something was cancelled or changed",
		reason_params),
	TEXT(search_query, "what somebody looks for"),
	TEXT(subject, "what a message is about"),
	TEXT(tag, "a tag, in lower case"),
	TEXT_OP("semantic.text.title", "text_title", "a title", title_params),
	{0},
};

const struct gen_op gen_name_ops[] = {
	TEXT_OP("semantic.name.animal", "name_animal", "a kind of animal, or a pet's name",
		animal_params),
	NAME(book, "a book's title, made up"),
	NAME(campaign, "what a campaign of marketing is called"),
	NAME(course, "a course that one can take"),
	NAME(device, "a machine in use: Printer, Front Desk"),
	NAME(disease, "an illness"),
	NAME(dish, "a dish of a menu"),
	NAME(event, "a meeting of many people"),
	NAME(group, "a group of people"),
	NAME(list, "a list of things or addresses"),
	NAME(material, "a material with its measure"),
	NAME(permission, "what somebody is allowed to do"),
	NAME(plan, "a plan that one can subscribe to"),
	NAME(project, "a project of a company"),
	NAME(role, "what a user of a system is"),
	NAME(room, "a room of a building"),
	NAME(service, "a service that somebody can order"),
	NAME(song, "a song's title, made up"),
	NAME(sport_team, "a team's name, made up"),
	NAME(store, "a shop's name"),
	NAME(team, "a team of a company"),
	NAME(vehicle, "a vehicle of a fleet, without its maker"),
	NAME(warehouse, "a warehouse's name"),
	{0},
};
