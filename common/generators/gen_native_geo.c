/* SPDX-License-Identifier: MIT */
/*
 * Leaves of native values for PostGIS: geometry, geography and their boxes, as
 * extended well-known text, "SRID=4326;POINT(-47.88 -15.79)".
 *
 * The typmod says the shape, the dimensions and the spatial reference system
 * (TYPMOD_GET_* of postgis/liblwgeom). An index is a place on a grid within the
 * country of the locale; the shape is small, closed and simple, and begins
 * there, so that distinct indexes give distinct shapes.
 */
#include "common/generators/gen_native.h"

#include <string.h>

#include "common/base/rng.h"
#include "common/generators/locale.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* The shapes, by their numbers in a typmod (lwgeom's *TYPE). */
enum { GEO_SHAPES = 16 };

struct place {
	const struct native_extent *in;
	int64_t x, y, size;
	const char *more; /* further coordinates of every point */
};

static int32_t srid_of(const struct native *n)
{
	uint32_t t = (uint32_t)n->base.typmod;
	int32_t srid;

	if (n->base.typmod < 0)
		srid = 0;
	else
		srid = ((int32_t)(t & 0x0fffff00) - (int32_t)(t & 0x10000000)) >> 8;
	return srid == 0 && strcmp(n->base.type->name, "geography") == 0 ? 4326 : srid;
}

/* A row of the list "extent"; false: it has no such columns or numbers, or its rectangle is empty.
 */
static bool read_extent(
	const struct locale_list *l, uint32_t row, int64_t srid[2], struct native_extent *to)
{
	static const char *const whole[] = {"srid_from", "srid_to", "decimals"};
	static const char *const fixed[] = {"west", "south", "east", "north", "size"};
	int64_t *const ints[] = {&srid[0], &srid[1], &to->scale};
	int64_t *const numbers[] = {&to->west, &to->south, &to->east, &to->north, &to->size};

	for (size_t i = 0; i < COUNT(whole); i++) {
		int c = locale_column(l, whole[i]);

		if (c < 0 || !locale_int(l, row, (uint32_t)c, ints[i]))
			return false;
	}
	for (size_t i = 0; i < COUNT(fixed); i++) {
		int c = locale_column(l, fixed[i]);

		if (c < 0 || !locale_fixed(l, row, (uint32_t)c, (int)to->scale, numbers[i]))
			return false;
	}
	return to->west < to->east && to->south < to->north;
}

/*
 * Finds the rectangle of the column's reference system: the first row of the locale's list that
 * has it. Without one there are no values, which the column is then refused for.
 */
static void init_geo(struct native *n)
{
	const struct locale_list *l = locale_list(n->locale, "extent");
	struct native_extent in;
	int64_t srid[2], mine = srid_of(n);

	/* a geography is of degrees, whatever its system */
	if (strcmp(n->base.type->name, "geography") == 0)
		mine = 0;
	n->space = 0;
	n->max = 512;
	for (uint32_t i = 0; n->space == 0 && l != NULL && i < l->n; i++)
		if (read_extent(l, i, srid, &in) && srid[0] <= mine && mine <= srid[1]) {
			n->extent = in;
			n->space = (uint64_t)(in.east - in.west) * (uint64_t)(in.north - in.south);
		}
}

/* A point that lies (dx, dy) sizes from the place. */
static char *put_at(char *to, const struct place *p, int64_t dx, int64_t dy)
{
	to = native_dec(to, p->x + dx * p->size, (unsigned)p->in->scale);
	*to++ = ' ';
	to = native_dec(to, p->y + dy * p->size, (unsigned)p->in->scale);
	return native_puts(to, p->more);
}

/* Points of a shape, (dx, dy) each, in brackets. */
static char *put_points(char *to, const struct place *p, const int8_t (*d)[2], unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		*to++ = i == 0 ? '(' : ',';
		to = put_at(to, p, d[i][0], d[i][1]);
	}
	*to++ = ')';
	return to;
}

static const int8_t bend[][2] = {{0, 0}, {1, 1}, {2, 0}};
static const int8_t other_bend[][2] = {{4, 0}, {5, 1}, {6, 0}};
static const int8_t ring[][2] = {{0, 0}, {2, 0}, {2, 1}, {1, 2}, {0, 1}, {0, 0}};
static const int8_t other_ring[][2] = {{4, 0}, {6, 0}, {6, 2}, {4, 2}, {4, 0}};
static const int8_t triangle[][2] = {{0, 0}, {2, 0}, {0, 2}, {0, 0}};

/*
 * What a shape is made of: its name, brackets around lists of points, and a second list where the
 * shape has several. Type 0 is any geometry, which is a point here.
 */
static const struct {
	const char *name, *open;
	const int8_t (*points)[2];
	unsigned n;
	const char *between;
	const int8_t (*others)[2];
	unsigned nothers;
	const char *close;
} shapes[GEO_SHAPES] = {
	[0] = {"POINT", "", bend, 1, "", NULL, 0, ""},
	[1] = {"POINT", "", bend, 1, "", NULL, 0, ""},
	[2] = {"LINESTRING", "", bend, COUNT(bend), "", NULL, 0, ""},
	[3] = {"POLYGON", "(", ring, COUNT(ring), "", NULL, 0, ")"},
	[4] = {"MULTIPOINT", "", bend, COUNT(bend), "", NULL, 0, ""},
	[5] = {"MULTILINESTRING", "(", bend, COUNT(bend), ",", other_bend, COUNT(other_bend), ")"},
	[6] = {"MULTIPOLYGON", "((", ring, COUNT(ring), "),(", other_ring, COUNT(other_ring), "))"},
	[7] = {"GEOMETRYCOLLECTION", "(POINT", bend, 1, ",LINESTRING", other_bend,
		COUNT(other_bend), ")"},
	[8] = {"CIRCULARSTRING", "", bend, COUNT(bend), "", NULL, 0, ""},
	[9] = {"COMPOUNDCURVE", "(", bend, COUNT(bend), "", NULL, 0, ")"},
	[10] = {"CURVEPOLYGON", "(", ring, COUNT(ring), "", NULL, 0, ")"},
	[11] = {"MULTICURVE", "(", bend, COUNT(bend), ",", other_bend, COUNT(other_bend), ")"},
	[12] = {"MULTISURFACE", "((", ring, COUNT(ring), "),(", other_ring, COUNT(other_ring),
		"))"},
	[13] = {"POLYHEDRALSURFACE", "((", triangle, COUNT(triangle), "", NULL, 0, "))"},
	[14] = {"TRIANGLE", "(", triangle, COUNT(triangle), "", NULL, 0, ")"},
	[15] = {"TIN", "((", triangle, COUNT(triangle), "", NULL, 0, "))"},
};

/* Copies a template; the members of a collection have its dimensions behind their names. */
static char *put_open(char *to, const char *s, const char *dimensions)
{
	bool named = s[0] != '\0' && s[strlen(s) - 1] >= 'A';

	to = native_puts(to, s);
	return named ? native_puts(to, dimensions) : to;
}

static char *put_geo(const struct native *n, uint64_t idx, char *to)
{
	static const char *const dimensions[] = {"", " M ", " Z ", " ZM "};
	static const char *const more[] = {"", " 1", " 10", " 10 1"};
	const struct native_extent *in = &n->extent;
	uint64_t width = (uint64_t)(in->east - in->west);
	unsigned t = n->base.typmod < 0 ? 0 : (unsigned)n->base.typmod;
	unsigned shape = (t & 0xfc) >> 2, dims = t & 3;
	struct place p = {.in = in,
		.x = in->west + (int64_t)(idx % width),
		.y = in->south + (int64_t)(idx / width),
		.size = in->size * (1 + (int64_t)rng_below(rng_at(1, idx), 9)),
		.more = more[dims]};

	if (shape >= GEO_SHAPES)
		shape = 0;
	if (srid_of(n) > 0) {
		to = native_u64(native_puts(to, "SRID="), (uint64_t)srid_of(n));
		*to++ = ';';
	}
	to = native_puts(native_puts(to, shapes[shape].name), dimensions[dims]);
	to = put_open(to, shapes[shape].open, dimensions[dims]);
	to = put_points(to, &p, shapes[shape].points, shapes[shape].n);
	to = put_open(to, shapes[shape].between, dimensions[dims]);
	if (shapes[shape].others != NULL)
		to = put_points(to, &p, shapes[shape].others, shapes[shape].nothers);
	return native_puts(to, shapes[shape].close);
}

/* Boxes of two corners; their coordinates are plain numbers, without a system. */
static char *put_corners(
	const struct native *n, uint64_t idx, const char *name, const char *more, char *to)
{
	const struct native_extent *in = &n->extent;
	uint64_t width = (uint64_t)(in->east - in->west);
	struct place p = {in, in->west + (int64_t)(idx % width), in->south + (int64_t)(idx / width),
		in->size, more};
	static const int8_t corners[][2] = {{0, 0}, {1, 1}};

	return put_points(native_puts(to, name), &p, corners, COUNT(corners));
}

static char *put_box2d(const struct native *n, uint64_t idx, char *to)
{
	return put_corners(n, idx, "BOX", "", to);
}

static char *put_box3d(const struct native *n, uint64_t idx, char *to)
{
	return put_corners(n, idx, "BOX3D", " 10", to);
}

const struct native_op gen_native_geo_leaves[] = {
	{PG_OTHER, "geometry", 0, 0, false, false, init_geo, put_geo},
	{PG_OTHER, "geography", 0, 0, false, false, init_geo, put_geo},
	{PG_OTHER, "box2d", 0, 0, false, false, init_geo, put_box2d},
	{PG_OTHER, "box3d", 0, 0, false, false, init_geo, put_box3d},
	{0},
};
