# the unit test of the one module that speaks to a server
pg_LIBS := -lpq
